"""What a bucket needs: set-up and policy for its administrator, and a real S3 server to try it on."""
