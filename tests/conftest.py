"""Stories of a whole day on real Postgres. Server and common fixtures come from the plugin `huikuan.ops.testing`."""
