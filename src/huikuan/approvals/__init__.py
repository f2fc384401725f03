"""Approvals 审批: what one person asks for, another decides. The room that asked carries it out."""
