"""The review hold played on real orders: who was held when a plain schedule would have asked, and what it cost."""
