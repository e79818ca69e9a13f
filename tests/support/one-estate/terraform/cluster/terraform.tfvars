group = "rg-orders-apps"
