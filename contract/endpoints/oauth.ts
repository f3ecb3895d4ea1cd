/** OAuth 2.0: discovery, authorization code with PKCE for programs on a person's machine, introspection. */
import { type Attribute, choice, flag, integer, list, maybe, text } from '../attributes.ts'
import { endpoint, formBody, jsonAnswer, jsonBody, redirectAnswer, shape } from '../endpoint.ts'
import { limits } from '../limits.ts'

const url = (about: string) => text({ about, max: 2_048 })

/** The handler checks it, because an error may have to be sent to the program that asks. */
const unchecked = (about: string): Attribute<string> => ({
  ...text({ about }),
  schema: { type: 'string' },
  check: () => [],
})

const redirectUri = 'Where the program listens: an http address of this machine.'
const seconds = { min: 0, max: Number.MAX_SAFE_INTEGER }

export const oauthEndpoints = {
  discoverTerraformServices: endpoint({
    id: 'discover_terraform_services',
    about: "Show the services of this host, as Terraform's discovery protocol asks for them.",
    method: 'GET',
    path: '/.well-known/terraform.json',
    caller: 'anyone',
    answers: {
      200: jsonAnswer(
        'The services.',
        shape('Services.', {
          'iacp.v3': text({ about: 'The path of the API.' }),
          'login.v1': shape('For `terraform login`.', {
            client: text({ about: 'The client id.' }),
            grant_types: list(text({ about: 'A grant type.' }), { about: 'Which grant types are supported.' }),
            authz: text({ about: 'The path of the authorization endpoint.' }),
            token: text({ about: 'The path of the token endpoint.' }),
            ports: list(integer({ about: 'A port.', min: 1, max: 65_535 }), {
              about: 'The first and last port on which Terraform listens.',
            }),
          }),
        }),
      ),
    },
  }),
  getAuthorizationServerMetadata: endpoint({
    id: 'get_authorization_server_metadata',
    about: 'Show the OAuth 2.0 metadata of this server (RFC 8414).',
    method: 'GET',
    path: '/.well-known/oauth-authorization-server',
    caller: 'anyone',
    answers: {
      200: jsonAnswer(
        'The metadata.',
        shape('Metadata.', {
          issuer: url('The origin of this server.'),
          authorization_endpoint: url('Where a browser begins.'),
          token_endpoint: url('Where a program exchanges its code.'),
          introspection_endpoint: url('Where services introspect tokens.'),
          response_types_supported: list(text({ about: 'A response type.' }), { about: 'Only `code`.' }),
          grant_types_supported: list(text({ about: 'A grant type.' }), { about: 'Only `authorization_code`.' }),
          code_challenge_methods_supported: list(text({ about: 'A method.' }), { about: 'Only `S256`.' }),
          token_endpoint_auth_methods_supported: list(text({ about: 'A method.' }), { about: 'Only `none`.' }),
        }),
      ),
    },
  }),
  beginAuthorization: endpoint({
    id: 'begin_authorization',
    about: 'Begin an authorization (RFC 6749 section 4.1.1, RFC 7636): redirects to the consent page of the console.',
    method: 'GET',
    path: '/oauth/authorize',
    caller: 'anyone',
    query: {
      response_type: unchecked('`code`.'),
      client_id: unchecked('What the program calls itself.'),
      redirect_uri: unchecked(redirectUri),
      state: unchecked('Returned unchanged.'),
      code_challenge: unchecked('SHA-256 of the code verifier, in base64url.'),
      code_challenge_method: unchecked('`S256`.'),
    },
    answers: { 302: redirectAnswer('To the consent page, or back to the program with an error.') },
    errorStyle: 'oauth',
  }),
  createAuthorization: endpoint({
    id: 'create_authorization',
    about: 'Approve an authorization. The program exchanges the code for a personal token of the person.',
    method: 'POST',
    path: '/auth/authorizations',
    caller: 'session',
    stepUp: true,
    body: jsonBody(
      {
        clientId: text({ about: 'What the program calls itself.', max: 100 }),
        redirectUri: text({ about: redirectUri, max: 512 }),
        codeChallenge: text({ about: 'SHA-256 of the code verifier, in base64url.', max: 128 }),
        name: text({ about: 'The name of the token.', blank: 'A name cannot be empty.' }),
        expiresIn: maybe(
          integer({ about: 'Minutes; null: the token does not expire.', min: 1, max: limits.tokenLifetimeMinutesMax }),
        ),
      },
      { state: text({ about: 'Returned unchanged.', max: 1_024 }) },
    ),
    answers: {
      200: jsonAnswer('Where to continue.', shape('An authorization.', { redirectTo: url('Back to the program.') })),
    },
  }),
  exchangeCode: endpoint({
    id: 'exchange_code',
    about: 'Exchange an authorization code for a token (RFC 6749 section 4.1.3, RFC 7636).',
    method: 'POST',
    path: '/oauth/token',
    caller: 'anyone',
    body: formBody(
      {
        grant_type: choice(['authorization_code'], { about: 'Always `authorization_code`.' }),
        code: unchecked('The code.'),
        code_verifier: unchecked('The code verifier.'),
        redirect_uri: unchecked('As in the authorization.'),
      },
      { client_id: unchecked('What the program calls itself.') },
    ),
    answers: {
      200: jsonAnswer(
        'The token, shown only once.',
        shape(
          'A token.',
          { access_token: text({ about: 'The token.', max: 512 }), token_type: text({ about: 'Always `bearer`.' }) },
          { expires_in: integer({ about: 'Seconds; absent: the token does not expire.', ...seconds }) },
        ),
      ),
    },
    limits: ['badTokensPerMinute'],
    errorStyle: 'oauth',
  }),
  introspect: endpoint({
    id: 'introspect',
    about:
      'Introspect a token (RFC 7662). A token of others is described only with the permission access-tokens:read in an account of its owner.',
    method: 'POST',
    path: '/oauth/introspect',
    caller: 'token',
    body: formBody(
      { token: unchecked('The token to check.') },
      { client_ip: unchecked('The IPv4 or IPv6 address that the token was presented from.') },
    ),
    answers: {
      200: jsonAnswer(
        'Whether the token is valid, and for whom.',
        shape(
          'An introspection.',
          { active: flag({ about: 'The token is valid now.' }) },
          {
            iss: text({ about: 'The mint mark of this installation.' }),
            sub: text({ about: 'The id of the owner.' }),
            username: text({ about: 'The e-mail address of the owner, or its id.' }),
            client_id: text({ about: 'The id of the owner.' }),
            owner_type: choice(['user', 'service-account', 'agent-pool'], { about: 'The type of the owner.' }),
            jti: text({ about: 'The id of the token.' }),
            token_type: text({ about: 'Always `Bearer`.' }),
            iat: integer({ about: 'When it was created, in Unix seconds.', ...seconds }),
            exp: integer({ about: 'When it expires, in Unix seconds; absent: never.', ...seconds }),
            scope: text({ about: 'The permissions it is narrowed to, separated by spaces.', max: 65_536 }),
            scopes: list(text({ about: 'The id of an account, environment or workspace.' }), {
              about: 'What it is narrowed to.',
              max: 10_000,
            }),
            network_checked: flag({ about: 'Allowed networks were checked.' }),
          },
        ),
      ),
    },
  }),
}
