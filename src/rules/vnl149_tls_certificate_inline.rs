//! See the rule's page below.

use super::gateways::{gateways, part_name, settled};
use super::{Confidence, Finding, Level, Settings, Step};
use crate::azure::application_gateway as gateway;
use crate::network::{Got, Network, Place};
use crate::value::{Kind, Segment, Truth, Value};

rule! {
    /// A certificate of an application gateway is written into the code, or cannot be read from its key vault.
    ///
    /// A certificate that the code brings along ends in the state and in every plan, and has to be renewed by hand before it
    /// runs out. One that is read from a key vault needs an identity with which the gateway reads it: without one Azure
    /// refuses the gateway. And one that is named with its version is not renewed by itself.
    ///
    /// Keep the certificate in a key vault: `key_vault_secret_id` with the secret's id without a version, and an `identity`
    /// that may read it; in Bicep `keyVaultSecretId` and `identity`.
    ///
    /// Wrong:
    ///
    /// ```tf
    /// resource "azurerm_application_gateway" "web" {
    ///   name                = "agw-web"
    ///   resource_group_name = "rg-web"
    ///
    ///   ssl_certificate {
    ///     name     = "shop"
    ///     data     = filebase64("shop.pfx") # expect: VNL149
    ///     password = var.password
    ///   }
    /// }
    ///
    /// variable "password" {
    ///   sensitive = true
    /// }
    /// ```
    ///
    /// ```bicep
    /// resource web 'Microsoft.Network/applicationGateways@2024-05-01' = {
    ///   name: 'agw-web'
    ///   properties: {
    ///     sslCertificates: [
    ///       {
    ///         name: 'shop'
    ///         properties: {
    ///           data: loadFileAsBase64('shop.pfx') // expect: VNL149
    ///         }
    ///       }
    ///     ]
    ///   }
    /// }
    /// ```
    ///
    /// Source: <https://learn.microsoft.com/azure/application-gateway/key-vault-certs>
    VNL149 "tls-certificate-inline", Note High, since "0.2.0"
}

fn check(network: &Network, _: &Settings, findings: &mut Vec<Finding>) {
    for place in gateways(network) {
        let driven = place.writers().iter().any(|writer| writer.there.possibly());
        for certificate in place.children(&gateway::CERTIFICATE) {
            let found = match certificate.get(&gateway::CERTIFICATE_SECRET) {
                Got::Is(secret) if !secret.is_null() => vaulted(place, certificate, &secret),
                Got::Unknown(_) => None,
                // What an ingress controller brings is its own.
                _ if driven => None,
                _ => inline(place, certificate),
            };
            findings.extend(found.map(|found| settled(found, place, RULE.code)));
        }
    }
}

fn inline(place: Place, certificate: Place) -> Option<Finding> {
    let Got::Is(_) = certificate.get(&gateway::CERTIFICATE_BODY) else { return None };
    let message = format!("certificate `{}` of application gateway `{}` is handed over as data, not read from a key vault", part_name(certificate), place.name());
    let mut found = RULE.finding(certificate.span_of(&gateway::CERTIFICATE_BODY), message).about(place);
    found.objects.push(certificate.address().clone());
    found.help = Some("keep it in a key vault, and name its secret".into());
    found.why = Some("it ends in the state, and somebody has to renew it by hand before it runs out".into());
    Some(found)
}

fn vaulted(place: Place, certificate: Place, secret: &Value) -> Option<Finding> {
    let (name, shown) = (place.name(), part_name(certificate));
    let span = certificate.span_of(&gateway::CERTIFICATE_SECRET);
    let identity = place.get(&gateway::IDENTITY);
    let has = match &identity {
        Got::Is(kind) => !(kind.is_absent() | kind.is("None")),
        Got::Absent => Truth::No,
        Got::Unknown(_) => Truth::Unknown,
    };
    let mut found = match has {
        Truth::No => {
            let message = format!("application gateway `{name}` cannot read certificate `{shown}` from its key vault: it has no identity");
            let mut found = RULE.finding(span, message).about(place);
            found.level = Level::Error;
            found.help = Some("give the gateway a user-assigned identity that may read secrets of the vault".into());
            found.why = Some("Azure refuses a gateway that names a secret and has no identity to read it with".into());
            found
        }
        Truth::Unknown => {
            let message = format!("cannot tell whether application gateway `{name}` has an identity to read certificate `{shown}` with");
            let found = RULE.finding(span, message).about(place);
            found.undecided(identity.unknown(), "if it has one it passes; else VNL149")
        }
        Truth::Yes if is_of_a_version(secret) => {
            let message = format!("certificate `{shown}` of application gateway `{name}` is named with its version, so it is not renewed");
            let mut found = RULE.finding(span, message).about(place);
            found.confidence = Confidence::Medium;
            found.help = Some("name the secret without its version".into());
            found.why = Some("the gateway looks for a newer version only where none is named".into());
            found
        }
        Truth::Yes => return None,
    };
    found.objects.push(certificate.address().clone());
    found.steps.push(Step { message: "the certificate is read from a key vault".into(), span });
    Some(found)
}

/// Whether a secret is named with its version: `…/secrets/shop/0123…`, or `secret_id` of a certificate of the code.
fn is_of_a_version(secret: &Value) -> bool {
    match &secret.kind {
        Kind::Text(pieces) => {
            let end = pieces.end();
            let version = end.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
            version.len() == 32 && version.chars().all(|c| c.is_ascii_hexdigit())
        }
        Kind::Reference(reference) => {
            let of_vault = reference.address.text().contains("azurerm_key_vault_");
            let versioned = matches!(reference.path.last(), Some(Segment::Field(name)) if name == "secret_id" || name == "id");
            of_vault && versioned
        }
        _ => false,
    }
}
