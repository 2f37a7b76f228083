"""`siliconmix whatif`: named changes of a scenario's inputs, each planned, audited and compared with the base."""
