"""Porchlight: post-purchase tracking and messaging in the merchant's own AWS account."""
