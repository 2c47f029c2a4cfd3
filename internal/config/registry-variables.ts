import { baseUrl } from './base-url.ts';
import { integer } from './numbers.ts';
import { registryHost, secretText, yesOrNo } from './registry-settings.ts';
import { matching, path } from './texts.ts';
import type { Variable } from './variable.ts';

/** How registries are logged in at. */
export const REGISTRY_VARIABLES = {
  registryCredentials: {
    name: 'SWARMER_REGISTRY_CREDENTIALS',
    description: 'YAML file of named registry credentials, which jobs may choose; may change',
    example: '/run/secrets/registries.yaml',
    parse: path,
  },
  dockerConfig: {
    name: 'DOCKER_CONFIG',
    description: 'folder with the config.json of docker login, for registries (default: none)',
    example: '/root/.docker',
    parse: path,
  },
  basicAuthRegistry: {
    name: 'BASIC_AUTH_REGISTRY',
    description: 'registry that BASIC_AUTH_USER logs in at',
    example: 'registry.example.com:5000',
    parse: registryHost,
  },
  basicAuthUser: {
    name: 'BASIC_AUTH_USER',
    description: 'user of BASIC_AUTH_REGISTRY; a file of it may change',
    example: 'robot',
    parse: secretText,
  },
  basicAuthPassword: {
    name: 'BASIC_AUTH_PASSWORD',
    description: 'password of BASIC_AUTH_USER; a file of it may change',
    example: 'secret',
    parse: secretText,
  },
  basicAuthPass: {
    name: 'BASIC_AUTH_PASS',
    description: 'password of BASIC_AUTH_USER, the original name; prefer BASIC_AUTH_PASSWORD',
    example: 'secret',
    parse: secretText,
  },
  shouldReauth: {
    name: 'BASIC_AUTH_SHOULD_REAUTH',
    description: 'true tries that login again now and then, and logs when it is refused',
    example: 'true',
    parse: yesOrNo,
  },
  reauthHours: {
    name: 'BASIC_AUTH_REAUTH_HOURS',
    fallback: '6',
    description: 'hours between two tries of BASIC_AUTH_SHOULD_REAUTH',
    example: '6',
    parse: integer(1, 500),
  },
  awsAccessKeyId: {
    name: 'AWS_ACCESS_KEY_ID',
    description: 'key with which tokens of AWS ECR are asked for; a file of it may change',
    example: 'AKIAIOSFODNN7EXAMPLE',
    parse: secretText,
  },
  awsSecretAccessKey: {
    name: 'AWS_SECRET_ACCESS_KEY',
    description: 'secret of AWS_ACCESS_KEY_ID; a file of it may change',
    example: 'secret',
    parse: secretText,
  },
  awsSessionToken: {
    name: 'AWS_SESSION_TOKEN',
    description: 'session of AWS_ACCESS_KEY_ID, where it is of a role; a file of it may change',
    example: 'token',
    parse: secretText,
  },
  awsRegion: {
    name: 'AWS_REGION',
    description: 'turns AWS ECR on without keys: the machine has a role that gives them',
    example: 'eu-central-1',
    parse: matching(/^[a-z0-9-]{1,64}$/, 'a region of AWS'),
  },
  awsEcrEndpoint: {
    name: 'AWS_ENDPOINT_URL_ECR',
    description: 'address of the ECR API (default: that of the region of the registry)',
    example: 'https://api.ecr.eu-central-1.amazonaws.com',
    parse: baseUrl,
  },
} satisfies Record<string, Variable<unknown>>;
