"""`siliconmix import trace` and `import hours`: what requests and hours of the past say of a workload."""
