//! What Terraform puts into a cluster: Helm releases, ingresses, GitOps.
//!
//! Azure knows none of them, but for the GitOps configuration; the names of their types are ours.
//!
//! Source: <https://registry.terraform.io/providers/hashicorp/helm/latest/docs/resources/release>,
//! <https://registry.terraform.io/providers/hashicorp/kubernetes/latest/docs/resources/ingress_v1> and
//! <https://learn.microsoft.com/azure/templates/microsoft.kubernetesconfiguration/fluxconfigurations>.

use super::{Field, Naming, Type, field};

/// A Helm release.
pub static RELEASE: Type = Type {
    name: "Helm/releases",
    noun: "Helm release",
    azurerm: &[("helm_release", Naming::Inside)],
    fields: &[&CHART, &VERSION, &VALUES, &SET],
    splits: &[],
};

/// A Kubernetes ingress.
pub static INGRESS: Type = Type {
    name: "Kubernetes/ingresses",
    noun: "ingress",
    azurerm: &[("kubernetes_ingress", Naming::Inside), ("kubernetes_ingress_v1", Naming::Inside)],
    fields: &[&ANNOTATIONS, &INGRESS_HOSTS, &INGRESS_BACKENDS, &INGRESS_TLS],
    splits: &[],
};

/// A Kubernetes service.
pub static SERVICE: Type = Type {
    name: "Kubernetes/services",
    noun: "service",
    azurerm: &[("kubernetes_service", Naming::Inside), ("kubernetes_service_v1", Naming::Inside)],
    fields: &[&ANNOTATIONS, &SERVICE_TYPE],
    splits: &[],
};

/// A Kubernetes object of any kind, or several in one text.
pub static MANIFEST: Type = Type {
    name: "Kubernetes/manifests",
    noun: "manifest",
    azurerm: &[("kubernetes_manifest", Naming::Inside), ("kubectl_manifest", Naming::Inside)],
    fields: &[&MANIFEST_KIND],
    splits: &[],
};

/// GitOps, which brings what the code does not show.
pub static GITOPS: Type = Type {
    name: "Microsoft.KubernetesConfiguration/fluxConfigurations",
    noun: "GitOps configuration",
    azurerm: &[("azurerm_kubernetes_flux_configuration", Naming::Inside)],
    fields: &[],
    splits: &[],
};

/// What Azure installs into a cluster, GitOps among it.
pub static EXTENSION: Type = Type {
    name: "Microsoft.KubernetesConfiguration/extensions",
    noun: "cluster extension",
    azurerm: &[("azurerm_kubernetes_cluster_extension", Naming::Inside)],
    fields: &[],
    splits: &[],
};

/// The chart of a release.
pub static CHART: Field = field("properties.chart", "chart");

/// The version of the chart.
pub static VERSION: Field = field("properties.version", "version");

/// The values of a release: texts in YAML.
pub static VALUES: Field = field("properties.values", "values");

/// Single values: objects with `name` and `value`.
pub static SET: Field = field("properties.set", "set");

/// The annotations of an object.
pub static ANNOTATIONS: Field = field("metadata.annotations", "metadata.annotations");

/// `ClusterIP`, `NodePort`, `LoadBalancer`.
pub static SERVICE_TYPE: Field = field("spec.type", "spec.type").or("ClusterIP");

/// The hosts that an ingress answers for.
pub static INGRESS_HOSTS: Field = field("spec.rules[].host", "spec.rule[].host");

/// What answers where no rule of an ingress does.
static INGRESS_BACKENDS: Field = field("spec.defaultBackend", "spec.default_backend").also("spec.backend");

/// What an ingress encrypts.
pub static INGRESS_TLS: Field = field("spec.tls", "spec.tls");

/// The kind of an object.
pub static MANIFEST_KIND: Field = field("kind", "manifest.kind");
