import type { CreatedService, ObservedService } from './engine.ts';
import { EngineError } from './engine-error.ts';
import type { ServiceSpec } from './engine-spec.ts';

/**
 * What a taken name means: the attempt's own service, whose creation was not recorded, is adopted;
 * somebody else's is never touched. Names are unique without regard to case.
 *
 * @param services all of the swarm, listed after the creation was refused.
 * @param conflict the refusal.
 * @throws EngineError `NameConflict`; `Unavailable` when the name is free again by now.
 */
export function adoption(
  { Name: name, Labels: labels }: ServiceSpec,
  services: readonly ObservedService[],
  conflict: EngineError,
): CreatedService {
  const found = services.find((service) => service.name.toLowerCase() === name.toLowerCase());
  if (found === undefined) {
    const text = `${conflict.message}, and then it was gone`;
    throw new EngineError('Unavailable', text, { cause: conflict });
  }
  if (Object.entries(labels).every(([key, value]) => found.labels[key] === value)) {
    return { id: found.id, adopted: true };
  }
  const text = `${conflict.message}; service ${found.id} has this name and is not Swarmer's: rename or remove it`;
  throw new EngineError('NameConflict', text, { cause: conflict, status: 409 });
}
