group = "rg-orders-hub"
