"""What Porchlight knows about parcels, orders and messages. Pure: no AWS, network, clock or environment."""
