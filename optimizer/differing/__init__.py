"""`siliconmix diff`: what moved between two plans, and which input moved it (docs/decisions/0038)."""
