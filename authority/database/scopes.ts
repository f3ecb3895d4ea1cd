/**
 * SQL: whether a token of a person concerns one of their accounts. One that is narrowed to scopes concerns the accounts
 * that these lie in. `token` and `account` are how the query calls the table and the account's id.
 */
export const concernsAccount = (token: string, account: string): string =>
  `(${token}.scopes is null or exists (
    select 1 from (select id, id as account_id from accounts
      union all select id, account_id from environments union all select id, account_id from workspaces) x
     where x.account_id = ${account} and ${token}.scopes like '%"' || x.id || '"%'))`
