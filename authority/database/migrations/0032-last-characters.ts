/**
 * For searches by the end of a token, which is how people name one. Not limited to tokens that are not revoked: SQLite would
 * prefer a small index without conditions for counting tokens of people.
 */
export const lastCharacters = 'create index access_tokens_last_characters on access_tokens (last_characters)'
