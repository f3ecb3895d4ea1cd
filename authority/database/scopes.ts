/**
 * SQL: whether a personal token concerns an account of its owner. A token that is narrowed to scopes concerns only the accounts
 * of those scopes. `token` and `account` are the query's names for the table and the account id.
 */
export const concernsAccount = (token: string, account: string): string =>
  `(${token}.scopes is null or exists (
    select 1 from (select id, id as account_id from accounts
      union all select id, account_id from environments union all select id, account_id from workspaces) x
     where x.account_id = ${account} and ${token}.scopes like '%"' || x.id || '"%'))`
