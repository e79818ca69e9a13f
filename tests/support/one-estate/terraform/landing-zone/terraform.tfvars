group     = "rg-orders-apps"
hub_group = "rg-orders-hub"
