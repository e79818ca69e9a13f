variable "location" {
  type    = string
  default = "northeurope"
}

module "hub" {
  source   = "../hub"
  group    = "rg-orders-hub"
  location = var.location
}

module "landing_zone" {
  source           = "../landing-zone"
  group            = "rg-orders-apps"
  location         = var.location
  hub_group        = module.hub.group
  hub_network_id   = module.hub.network_id
  firewall_address = module.hub.firewall_address
}

module "cluster" {
  source       = "../cluster"
  group        = module.landing_zone.group
  location     = var.location
  landing_zone = module.landing_zone
  depends_on   = [module.landing_zone]
}
