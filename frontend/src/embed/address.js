const PATH = "/ws/avatar/";

/**
 * The address of a room's socket as a URL, its access token in the query.
 *
 * src      the socket's address as the site's API gave it, or the site's own address; empty: `home`
 * session  the session's id; not needed when `src` is a socket's address
 * token    the access token; may stand in `src` already
 * home     where this script came from
 * Throws TypeError when there is nothing to connect to.
 */
export function roomAddress({ src = "", session = "", token = "", home = "" }) {
  const address = new URL(src || home, home || undefined);
  address.protocol = address.protocol.replace(/^http/, "ws");
  if (!/^wss?:$/.test(address.protocol)) throw new TypeError(`no address of a site: ${src}`);
  if (!address.pathname.includes(PATH)) {
    if (!session) throw new TypeError("the attribute session is missing");
    address.pathname = `${address.pathname.replace(/\/+$/, "")}${PATH}${encodeURIComponent(session)}`;
  }
  if (token) address.searchParams.set("access_token", token);
  if (!address.searchParams.get("access_token")) throw new TypeError("the attribute access-token is missing");
  address.hash = "";
  return address;
}

/** The site a socket's address belongs to: what its messages call "/static/…" lies there. */
export function siteOf(address) {
  const site = new URL(address);
  site.protocol = site.protocol.replace(/^ws/, "http");
  site.pathname = site.pathname.slice(0, site.pathname.indexOf(PATH) + 1);
  site.search = "";
  return site.href;
}
