"""What Porchlight costs: imports, calls, request units, money, throughput and the weight of the page."""
