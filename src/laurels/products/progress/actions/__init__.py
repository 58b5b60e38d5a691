"""What people, services and jobs do in progress, around its decisions."""
