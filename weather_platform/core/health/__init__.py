"""What is wrong with a deployment, and what to do: findings made of facts that are passed in."""
