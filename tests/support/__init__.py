"""What tests share: databases, servers, members."""
