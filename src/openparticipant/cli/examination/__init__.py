"""What a browser would meet at a deployment, looked at step by step from outside."""
