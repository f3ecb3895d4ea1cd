/** IPv6 networks from which the tokens of an account may be used, beside the IPv4 networks of the wire contract. */
export const allowedIpv6 = `
alter table accounts add column allowed_ipv6 {text} not null default '[]';
`
