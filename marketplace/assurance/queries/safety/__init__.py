"""Clinical safety as far as the actor may see it: logs, deployments, incidents, notices."""
