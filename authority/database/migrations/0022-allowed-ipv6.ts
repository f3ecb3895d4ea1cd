/** IPv6 networks from which an account's tokens may be used, in addition to the IPv4 networks that Scalr's API has. */
export const allowedIpv6 = `
alter table accounts add column allowed_ipv6 {text} not null default '[]';
`
