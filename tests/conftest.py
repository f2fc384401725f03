"""Stories of a whole day on real Postgres. The server and the common fixtures come from the plugin `huikuan.ops.testing`."""
