/**
 * Sites that take one-time codes of authenticator applications (RFC 6238), as our own selection of
 * widely used ones: what is not named here may offer them too, and is simply not told of. Sites that
 * send codes by other ways only are left out.
 */
const text = `
1password.com adobe.com adyen.com airtable.com akamai.com amazon.com anydesk.com apple.com asana.com
atlassian.com atlassian.net auth0.com autodesk.com azure.com backblaze.com basecamp.com battle.net beget.com
bigcommerce.com binance.com bitbucket.org bitfinex.com bitstamp.net bitwarden.com blockchain.com box.com
braintreepayments.com brevo.com buffer.com bybit.com canva.com clickup.com cloudflare.com codeberg.org
coinbase.com contabo.com crates.io crypto.com dashlane.com datadoghq.com desec.io digicert.com
digitalocean.com discord.com dnsimple.com docker.com docusign.com dropbox.com dynadot.com ea.com easydns.com
ebay.com elastic.co epicgames.com etsy.com evernote.com exoscale.com expensify.com facebook.com fastly.com
fastmail.com figma.com fly.io fortinet.com freshdesk.com gandi.net gemini.com ghost.org gitea.com github.com
gitlab.com gmail.com godaddy.com gog.com google.com gosuslugi.ru grafana.com gusto.com heroku.com
hetzner.cloud hetzner.com hootsuite.com hover.com hubspot.com icloud.com idrive.com ifttt.com instagram.com
intercom.com intuit.com jetbrains.com jumpcloud.com keepersecurity.com kickstarter.com kraken.com
lastpass.com linkedin.com linode.com live.com logmein.com mail.ru mailbox.org mailchimp.com mailgun.com
mastodon.social mega.nz meraki.com microsoft.com mikrotik.com miro.com monday.com mongodb.com name.com
namecheap.com namesilo.com netlify.com newrelic.com nextcloud.com nic.ru nintendo.com notion.so npmjs.com
nuget.org office.com okta.com okx.com onelogin.com opsgenie.com outlook.com ovh.com ovhcloud.com
packagist.org pagerduty.com patreon.com paypal.com pcloud.com pinterest.com pipedrive.com playstation.com
porkbun.com posteo.de postmarkapp.com proton.me protonmail.com pypi.org qnap.com quickbooks.com
rackspace.com railway.app reddit.com reg.ru render.com revolut.com ringcentral.com riotgames.com
robinhood.com roblox.com rubygems.org salesforce.com scaleway.com sectigo.com selectel.com selectel.ru
sendgrid.com sentry.io shopify.com slack.com snapchat.com sony.com sourceforge.net sparkpost.com square.com
squarespace.com steampowered.com stripe.com sync.com synology.com tailscale.com teamviewer.com timeweb.cloud
timeweb.com todoist.com trello.com tresorit.com tuta.com tutanota.com twilio.com twitch.tv twitter.com
uber.com ubisoft.com ui.com unity.com unrealengine.com upcloud.com uptimerobot.com vercel.com vk.com
vonage.com vultr.com wasabi.com webflow.com wikimedia.org wise.com wix.com wordpress.com wordpress.org x.com
xbox.com xero.com yandex.com yandex.ru youtube.com zapier.com zendesk.com zerotier.com zoho.com zoom.us
`;

const hosts: ReadonlySet<string> = new Set(text.trim().split(/\s+/));

/** How many sites are known. */
export const knownTotpHosts = hosts.size;

/** The site that a host belongs to, if that offers one-time codes; null if nothing is known of it. */
export function totpSiteOf(host: string): string | null {
  const labels = host.toLowerCase().replace(/\.$/, '').split('.');
  for (let at = 0; at < labels.length - 1; at += 1) {
    const site = labels.slice(at).join('.');
    if (hosts.has(site)) return site;
  }
  return null;
}
