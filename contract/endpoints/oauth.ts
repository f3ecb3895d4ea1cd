/** OAuth 2.0: discovery, authorization code with PKCE for native apps, introspection. */
import { type Attribute, choice, flag, integer, list, nullable, text } from '../attributes.ts'
import { endpoint, formBody, jsonBody, jsonResponse, redirectResponse, responseObject } from '../endpoint.ts'
import { limits } from '../limits.ts'

const url = (about: string) => text({ about, max: 2_048 })

/** A parameter that the handler validates, because some errors must be sent to the client by redirect. */
const unchecked = (about: string): Attribute<string> => ({
  ...text({ about }),
  schema: { type: 'string' },
  check: () => [],
})

const redirectUri = 'Redirect URI of the client, an http URL with a loopback host.'
const seconds = { min: 0, max: Number.MAX_SAFE_INTEGER }

export const oauthEndpoints = {
  discoverTerraformServices: endpoint({
    id: 'discover_terraform_services',
    about: "Get the services of this host for Terraform's service discovery protocol.",
    method: 'GET',
    path: '/.well-known/terraform.json',
    caller: 'anyone',
    responses: {
      200: jsonResponse(
        'The services.',
        responseObject('Services.', {
          'iacp.v3': text({ about: 'Path of the API.' }),
          'login.v1': responseObject('For `terraform login`.', {
            client: text({ about: 'Client ID.' }),
            grant_types: list(text({ about: 'A grant type.' }), { about: 'Supported grant types.' }),
            authz: text({ about: 'Path of the authorization endpoint.' }),
            token: text({ about: 'Path of the token endpoint.' }),
            ports: list(integer({ about: 'A port.', min: 1, max: 65_535 }), {
              about: 'First and last port for the redirect URI of Terraform.',
            }),
          }),
        }),
      ),
    },
  }),
  getAuthorizationServerMetadata: endpoint({
    id: 'get_authorization_server_metadata',
    about: 'Get the OAuth 2.0 authorization server metadata (RFC 8414).',
    method: 'GET',
    path: '/.well-known/oauth-authorization-server',
    caller: 'anyone',
    responses: {
      200: jsonResponse(
        'The metadata.',
        responseObject('Metadata.', {
          issuer: url('Origin of this server.'),
          authorization_endpoint: url('URL of the authorization endpoint.'),
          token_endpoint: url('URL of the token endpoint.'),
          introspection_endpoint: url('URL of the introspection endpoint.'),
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
    about: 'Start an authorization (RFC 6749 section 4.1.1, RFC 7636). Redirects to the consent page of the console.',
    method: 'GET',
    path: '/oauth/authorize',
    caller: 'anyone',
    query: {
      response_type: unchecked('`code`.'),
      client_id: unchecked('Client ID, chosen by the program and not verified.'),
      redirect_uri: unchecked(redirectUri),
      state: unchecked('Returned unchanged.'),
      code_challenge: unchecked('SHA-256 of the code verifier, in base64url.'),
      code_challenge_method: unchecked('`S256`.'),
    },
    responses: { 302: redirectResponse('Redirect to the consent page, or to the client with an error.') },
    errorStyle: 'oauth',
  }),
  createAuthorization: endpoint({
    id: 'create_authorization',
    about: 'Approve an authorization. The client can then exchange the code for a personal token of the user.',
    method: 'POST',
    path: '/auth/authorizations',
    caller: 'session',
    stepUp: true,
    body: jsonBody(
      {
        clientId: text({ about: 'Client ID, chosen by the program and not verified.', max: 100 }),
        redirectUri: text({ about: redirectUri, max: 512 }),
        codeChallenge: text({ about: 'SHA-256 of the code verifier, in base64url.', max: 128 }),
        name: text({ about: 'Name of the token.', blank: 'A name cannot be empty.' }),
        expiresIn: nullable(
          integer({
            about: 'Lifetime of the token in minutes; null: it does not expire.',
            min: 1,
            max: limits.tokenLifetimeMinutesMax,
          }),
        ),
      },
      { state: text({ about: 'Returned unchanged.', max: 1_024 }) },
    ),
    responses: {
      200: jsonResponse(
        'The redirect.',
        responseObject('An authorization.', { redirectTo: url('URL to redirect the browser to.') }),
      ),
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
        redirect_uri: unchecked('Redirect URI of the authorization request.'),
      },
      { client_id: unchecked('Client ID, chosen by the program and not verified.') },
    ),
    responses: {
      200: jsonResponse(
        'The token. It is returned only once.',
        responseObject(
          'A token.',
          { access_token: text({ about: 'The token.', max: 512 }), token_type: text({ about: 'Always `bearer`.' }) },
          { expires_in: integer({ about: 'Lifetime in seconds; absent: the token does not expire.', ...seconds }) },
        ),
      ),
    },
    limits: ['invalidTokensPerMinute'],
    errorStyle: 'oauth',
  }),
  introspect: endpoint({
    id: 'introspect',
    about:
      'Introspect a token (RFC 7662). For tokens of other owners, requires the permission access-tokens:read in an account of the owner; otherwise `active` is false.',
    method: 'POST',
    path: '/oauth/introspect',
    caller: 'token',
    body: formBody(
      { token: unchecked('Token to introspect.') },
      { client_ip: unchecked('IPv4 or IPv6 address of the client that presented the token.') },
    ),
    responses: {
      200: jsonResponse(
        'The state of the token.',
        responseObject(
          'An introspection.',
          { active: flag({ about: 'Whether the token is currently valid.' }) },
          {
            iss: text({ about: 'Mint mark of this installation.' }),
            sub: text({ about: 'ID of the owner.' }),
            username: text({ about: 'Email address of the owner; for agent pools, the ID.' }),
            client_id: text({ about: 'ID of the owner.' }),
            owner_type: choice(['user', 'service-account', 'agent-pool'], { about: 'Type of the owner.' }),
            jti: text({ about: 'ID of the token.' }),
            token_type: text({ about: 'Always `Bearer`.' }),
            iat: integer({ about: 'Time of creation in Unix seconds.', ...seconds }),
            exp: integer({ about: 'Time of expiry in Unix seconds; absent: it does not expire.', ...seconds }),
            scope: text({ about: 'Permissions to which the token is narrowed, separated by spaces.', max: 65_536 }),
            scopes: list(text({ about: 'ID of an account, environment or workspace.' }), {
              about: 'Scopes to which the token is narrowed.',
              max: 10_000,
            }),
            network_checked: flag({ about: 'Whether the allowed networks were checked, which requires `client_ip`.' }),
          },
        ),
      ),
    },
  }),
}
