"""Channels 委案渠道: where clients put their files, watched and fetched into the house."""
