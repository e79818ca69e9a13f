//! Services that private endpoints lead to: what they are called, and the names that their endpoints are found under.
//!
//! Source: <https://learn.microsoft.com/azure/private-link/private-endpoint-dns>.

use super::{Default_, Field, Naming, Type, field};

/// A service without fields of its own.
macro_rules! services {
    ($($(#[$doc:meta])* $ident:ident = $name:literal, $noun:literal, [$($azurerm:literal),*];)*) => {
        $(
            $(#[$doc])*
            pub static $ident: Type = Type {
                name: $name,
                noun: $noun,
                azurerm: &[$(($azurerm, Naming::Own)),*],
                fields: &[&PUBLIC_ACCESS],
                splits: &[],
            };
        )*
    };
}

/// `Microsoft.ContainerRegistry/registries`.
pub static REGISTRY: Type = Type {
    name: "Microsoft.ContainerRegistry/registries",
    noun: "container registry",
    azurerm: &[("azurerm_container_registry", Naming::Own)],
    fields: &[&REGISTRY_SKU, &PUBLIC_ACCESS],
    splits: &[],
};

services! {
    /// `Microsoft.KeyVault/vaults`.
    VAULT = "Microsoft.KeyVault/vaults", "key vault", ["azurerm_key_vault"];
    /// `Microsoft.Storage/storageAccounts`.
    STORAGE = "Microsoft.Storage/storageAccounts", "storage account", ["azurerm_storage_account"];
    /// `Microsoft.Sql/servers`.
    SQL = "Microsoft.Sql/servers", "SQL server", ["azurerm_mssql_server", "azurerm_sql_server"];
    /// `Microsoft.DocumentDB/databaseAccounts`.
    COSMOS = "Microsoft.DocumentDB/databaseAccounts", "Cosmos DB account", ["azurerm_cosmosdb_account"];
    /// `Microsoft.ServiceBus/namespaces`.
    SERVICE_BUS = "Microsoft.ServiceBus/namespaces", "Service Bus namespace", ["azurerm_servicebus_namespace"];
    /// `Microsoft.EventHub/namespaces`.
    EVENT_HUB = "Microsoft.EventHub/namespaces", "Event Hubs namespace", ["azurerm_eventhub_namespace"];
    /// `Microsoft.Cache/redis`.
    REDIS = "Microsoft.Cache/redis", "Redis cache", ["azurerm_redis_cache"];
    /// `Microsoft.AppConfiguration/configurationStores`.
    APP_CONFIGURATION = "Microsoft.AppConfiguration/configurationStores", "App Configuration store", ["azurerm_app_configuration"];
    /// `Microsoft.DBforPostgreSQL/flexibleServers`.
    POSTGRES = "Microsoft.DBforPostgreSQL/flexibleServers", "PostgreSQL server", ["azurerm_postgresql_flexible_server"];
    /// `Microsoft.DBforPostgreSQL/servers`.
    POSTGRES_SINGLE = "Microsoft.DBforPostgreSQL/servers", "PostgreSQL server", ["azurerm_postgresql_server"];
    /// `Microsoft.DBforMySQL/flexibleServers`.
    MYSQL = "Microsoft.DBforMySQL/flexibleServers", "MySQL server", ["azurerm_mysql_flexible_server"];
    /// `Microsoft.DBforMySQL/servers`.
    MYSQL_SINGLE = "Microsoft.DBforMySQL/servers", "MySQL server", ["azurerm_mysql_server"];
    /// `Microsoft.DBforMariaDB/servers`.
    MARIADB = "Microsoft.DBforMariaDB/servers", "MariaDB server", ["azurerm_mariadb_server"];
    /// `Microsoft.CognitiveServices/accounts`.
    COGNITIVE = "Microsoft.CognitiveServices/accounts", "AI services account", ["azurerm_cognitive_account", "azurerm_ai_services"];
    /// `Microsoft.Search/searchServices`.
    SEARCH = "Microsoft.Search/searchServices", "search service", ["azurerm_search_service"];
    /// `Microsoft.Web/sites`.
    SITE = "Microsoft.Web/sites", "web app",
        ["azurerm_linux_web_app", "azurerm_windows_web_app", "azurerm_linux_function_app", "azurerm_windows_function_app", "azurerm_app_service"];
    /// `Microsoft.EventGrid/topics`.
    EVENT_GRID_TOPIC = "Microsoft.EventGrid/topics", "Event Grid topic", ["azurerm_eventgrid_topic"];
    /// `Microsoft.EventGrid/domains`.
    EVENT_GRID_DOMAIN = "Microsoft.EventGrid/domains", "Event Grid domain", ["azurerm_eventgrid_domain"];
    /// `Microsoft.SignalRService/SignalR`.
    SIGNALR = "Microsoft.SignalRService/SignalR", "SignalR service", ["azurerm_signalr_service"];
    /// `Microsoft.SignalRService/webPubSub`.
    WEB_PUBSUB = "Microsoft.SignalRService/webPubSub", "Web PubSub service", ["azurerm_web_pubsub"];
    /// `Microsoft.Dashboard/grafana`.
    GRAFANA = "Microsoft.Dashboard/grafana", "Grafana workspace", ["azurerm_dashboard_grafana"];
    /// `Microsoft.DataFactory/factories`.
    DATA_FACTORY = "Microsoft.DataFactory/factories", "data factory", ["azurerm_data_factory"];
    /// `Microsoft.Insights/privateLinkScopes`.
    MONITOR_SCOPE = "Microsoft.Insights/privateLinkScopes", "Azure Monitor private link scope", ["azurerm_monitor_private_link_scope"];
    /// `Microsoft.RecoveryServices/vaults`.
    RECOVERY_VAULT = "Microsoft.RecoveryServices/vaults", "recovery vault", ["azurerm_recovery_services_vault"];
    /// `Microsoft.App/managedEnvironments`.
    CONTAINER_APPS = "Microsoft.App/managedEnvironments", "Container Apps environment", ["azurerm_container_app_environment"];
}

/// The service answers on its public endpoint. azurerm 5 has a word for it where earlier versions had a truth value.
pub static PUBLIC_ACCESS: Field =
    field("properties.publicNetworkAccess", "public_network_access_enabled").also("public_network_access");

/// `Basic`, `Standard`, `Premium`: the last one has private endpoints.
pub static REGISTRY_SKU: Field = field("sku.name", "sku").in_arm(Default_::Unknown);

/// The port that clients connect to: of a type and a subresource. A service with several is not here.
pub static PORTS: &[(&str, &[&str], u16)] = &[
    ("Microsoft.KeyVault/vaults", &["vault"], 443),
    ("Microsoft.ContainerRegistry/registries", &["registry"], 443),
    ("Microsoft.Storage/storageAccounts", &["blob", "queue", "table", "web", "dfs"], 443),
    ("Microsoft.Storage/storageAccounts", &["file"], 445),
    ("Microsoft.Sql/servers", &["sqlServer"], 1433),
    ("Microsoft.AppConfiguration/configurationStores", &["configurationStores"], 443),
    ("Microsoft.CognitiveServices/accounts", &["account"], 443),
    ("Microsoft.Search/searchServices", &["searchService"], 443),
];

/// The zones that a private endpoint's name is found in: of a type and a subresource, `{}` for a region or another word.
pub struct Zones {
    /// The ARM type that the endpoint leads to.
    pub of: &'static str,
    /// The subresources; none for every one.
    pub subresources: &'static [&'static str],
    /// The zones, any of which may hold the name.
    pub zones: &'static [&'static str],
}

const fn zones(of: &'static str, subresources: &'static [&'static str], zones: &'static [&'static str]) -> Zones {
    Zones { of, subresources, zones }
}

/// The official zones of Azure's public cloud. A type that is not here is not known.
pub static ZONES: &[Zones] = &[
    zones("Microsoft.KeyVault/vaults", &["vault"], &["privatelink.vaultcore.azure.net"]),
    zones(
        "Microsoft.ContainerRegistry/registries",
        &["registry"],
        &["privatelink.azurecr.io", "{}.data.privatelink.azurecr.io"],
    ),
    zones("Microsoft.Storage/storageAccounts", &["blob", "blob_secondary"], &["privatelink.blob.core.windows.net"]),
    zones("Microsoft.Storage/storageAccounts", &["file"], &["privatelink.file.core.windows.net"]),
    zones("Microsoft.Storage/storageAccounts", &["queue", "queue_secondary"], &["privatelink.queue.core.windows.net"]),
    zones("Microsoft.Storage/storageAccounts", &["table", "table_secondary"], &["privatelink.table.core.windows.net"]),
    zones("Microsoft.Storage/storageAccounts", &["web", "web_secondary"], &["privatelink.web.core.windows.net"]),
    zones("Microsoft.Storage/storageAccounts", &["dfs", "dfs_secondary"], &["privatelink.dfs.core.windows.net"]),
    zones("Microsoft.Sql/servers", &["sqlServer"], &["privatelink.database.windows.net"]),
    zones("Microsoft.DocumentDB/databaseAccounts", &["Sql"], &["privatelink.documents.azure.com"]),
    zones("Microsoft.DocumentDB/databaseAccounts", &["MongoDB"], &["privatelink.mongo.cosmos.azure.com"]),
    zones("Microsoft.DocumentDB/databaseAccounts", &["Cassandra"], &["privatelink.cassandra.cosmos.azure.com"]),
    zones("Microsoft.DocumentDB/databaseAccounts", &["Gremlin"], &["privatelink.gremlin.cosmos.azure.com"]),
    zones("Microsoft.DocumentDB/databaseAccounts", &["Table"], &["privatelink.table.cosmos.azure.com"]),
    zones("Microsoft.ServiceBus/namespaces", &["namespace"], &["privatelink.servicebus.windows.net"]),
    zones("Microsoft.EventHub/namespaces", &["namespace"], &["privatelink.servicebus.windows.net"]),
    zones("Microsoft.Cache/redis", &["redisCache"], &["privatelink.redis.cache.windows.net"]),
    zones("Microsoft.AppConfiguration/configurationStores", &["configurationStores"], &["privatelink.azconfig.io"]),
    zones(
        "Microsoft.DBforPostgreSQL/flexibleServers",
        &["postgresqlServer"],
        &["privatelink.postgres.database.azure.com"],
    ),
    zones("Microsoft.DBforPostgreSQL/servers", &["postgresqlServer"], &["privatelink.postgres.database.azure.com"]),
    zones("Microsoft.DBforMySQL/flexibleServers", &["mysqlServer"], &["privatelink.mysql.database.azure.com"]),
    zones("Microsoft.DBforMySQL/servers", &["mysqlServer"], &["privatelink.mysql.database.azure.com"]),
    zones("Microsoft.DBforMariaDB/servers", &["mariadbServer"], &["privatelink.mariadb.database.azure.com"]),
    zones(
        "Microsoft.CognitiveServices/accounts",
        &["account"],
        &[
            "privatelink.cognitiveservices.azure.com",
            "privatelink.openai.azure.com",
            "privatelink.services.ai.azure.com",
        ],
    ),
    zones("Microsoft.Search/searchServices", &["searchService"], &["privatelink.search.windows.net"]),
    // A slot's subresource is `sites-SLOT`; an App Service Environment has a zone of its own.
    zones("Microsoft.Web/sites", &["sites"], &["privatelink.azurewebsites.net", "{}.appserviceenvironment.net"]),
    zones("Microsoft.EventGrid/topics", &["topic"], &["privatelink.eventgrid.azure.net"]),
    zones("Microsoft.EventGrid/domains", &["domain"], &["privatelink.eventgrid.azure.net"]),
    zones("Microsoft.SignalRService/SignalR", &["signalr"], &["privatelink.service.signalr.net"]),
    zones("Microsoft.SignalRService/webPubSub", &["webpubsub"], &["privatelink.webpubsub.azure.com"]),
    zones("Microsoft.Dashboard/grafana", &["grafana"], &["privatelink.grafana.azure.com"]),
    zones("Microsoft.DataFactory/factories", &["dataFactory"], &["privatelink.datafactory.azure.net"]),
    zones("Microsoft.DataFactory/factories", &["portal"], &["privatelink.adf.azure.com"]),
    zones(
        "Microsoft.Insights/privateLinkScopes",
        &["azuremonitor"],
        &[
            "privatelink.monitor.azure.com",
            "privatelink.oms.opinsights.azure.com",
            "privatelink.ods.opinsights.azure.com",
            "privatelink.agentsvc.azure-automation.net",
            "privatelink.blob.core.windows.net",
        ],
    ),
    zones("Microsoft.RecoveryServices/vaults", &["AzureSiteRecovery"], &["privatelink.siterecovery.windowsazure.com"]),
    zones(
        "Microsoft.RecoveryServices/vaults",
        &["AzureBackup"],
        &[
            "privatelink.{}.backup.windowsazure.com",
            "privatelink.blob.core.windows.net",
            "privatelink.queue.core.windows.net",
        ],
    ),
    zones("Microsoft.App/managedEnvironments", &["managedEnvironments"], &["privatelink.{}.azurecontainerapps.io"]),
    zones(
        "Microsoft.ContainerService/managedClusters",
        &["management"],
        &["privatelink.{}.azmk8s.io", "{}.privatelink.{}.azmk8s.io"],
    ),
];
