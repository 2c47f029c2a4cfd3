import type { FieldTable } from './table.ts';

const SUB_PATH = 'a volume is mounted as a whole: give the path within it to the command';

export const VOLUME_MOUNT: FieldTable = {
  type: 'VolumeMount',
  converted: ['name', 'mountPath', 'readOnly'],
  dropped: {
    subPath: SUB_PATH,
    subPathExpr: SUB_PATH,
    mountPropagation:
      'mounts are private: set "bind.propagation" where it is a directory of the node',
    recursiveReadOnly: 'a mount is read-only as the engine makes it so',
  },
  harmless: { mountPropagation: ['None'], recursiveReadOnly: ['Disabled'] },
};

const files = (one: string, list: string) =>
  `a ${one} of a swarm is one file: make one of each key ("docker ${one} create"), and list them in ` +
  `"${list}" with the paths of the files as "target"`;
const OTHER =
  'a swarm has volumes of its nodes only: use "mounts", with a volume driver if need be';

export const VOLUME: FieldTable = {
  type: 'Volume',
  converted: ['name', 'emptyDir', 'hostPath', 'persistentVolumeClaim'],
  dropped: {
    configMap: files('config', 'configs'),
    secret: files('secret', 'secrets'),
    projected: `${files('secret', 'secrets')}, or the same with configs`,
    downwardAPI: 'what a task is told of itself is in its environment',
    ...Object.fromEntries(
      [
        ...['awsElasticBlockStore', 'azureDisk', 'azureFile', 'cephfs', 'cinder', 'csi'],
        ...['ephemeral', 'fc', 'flexVolume', 'flocker', 'gcePersistentDisk', 'gitRepo'],
        ...['glusterfs', 'image', 'iscsi', 'nfs', 'photonPersistentDisk', 'portworxVolume'],
        ...['quobyte', 'rbd', 'scaleIO', 'storageos', 'vsphereVolume'],
      ].map((name) => [name, OTHER]),
    ),
  },
};

export const EMPTY_DIR: FieldTable = {
  type: 'EmptyDirVolumeSource',
  converted: ['medium', 'sizeLimit'],
  dropped: {},
};

export const HOST_PATH: FieldTable = {
  type: 'HostPathVolumeSource',
  converted: ['path'],
  dropped: { type: 'the directory must be there on every node: nothing makes it' },
  harmless: { type: ['Directory', 'File'] },
};

export const CLAIM: FieldTable = {
  type: 'PersistentVolumeClaimVolumeSource',
  converted: ['claimName', 'readOnly'],
  dropped: {},
};
