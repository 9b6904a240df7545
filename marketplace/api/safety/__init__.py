"""Calls of clinical safety: hazard logs, reports, deployments, incidents, notices, transparency records."""

from marketplace.api.safety import deployments, incidents, logs, notices

CALLS = [*logs.CALLS, *deployments.CALLS, *incidents.CALLS, *notices.CALLS]
