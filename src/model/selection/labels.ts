import type {Failure} from '../failure.ts';

/** One requirement of a label selector, as `kubectl -l` takes it. */
export interface Requirement {
  readonly key: string;
  readonly operator: 'in' | 'notin' | 'exists' | 'absent';
  readonly values: readonly string[];
}

export type Labels = Readonly<Record<string, string>>;

const keyPattern = '[A-Za-z0-9][A-Za-z0-9._/-]*';
const setPattern = new RegExp(`^(${keyPattern})\\s+(in|notin)\\s*\\(([^()]*)\\)$`);
const equalPattern = new RegExp(`^(${keyPattern})\\s*(==?|!=)\\s*([A-Za-z0-9._-]*)$`);
const presencePattern = new RegExp(`^(!?)\\s*(${keyPattern})$`);

/** Reads `app=web,tier!=db,env in (a,b),!canary`. */
export function parseLabelSelector(text: string): readonly Requirement[] | Failure {
  const requirements: Requirement[] = [];
  for (const part of partsOf(text)) {
    const requirement = parseRequirement(part.trim());
    if (requirement === null) {
      return {
        tried: `the label selector ${JSON.stringify(text)}`,
        problem: `${JSON.stringify(part.trim())} is no requirement`,
        next: "-l 'app=web,tier!=db,env in (dev,test),!canary'",
      };
    }
    requirements.push(requirement);
  }
  return requirements;
}

/** Splits at the commas that stand in no parentheses. */
function partsOf(text: string): readonly string[] {
  const parts: string[] = [];
  let inside = false;
  for (const piece of text.split(',')) {
    if (inside) parts.push(`${parts.pop() ?? ''},${piece}`);
    else parts.push(piece);
    inside = inside ? !piece.includes(')') : piece.lastIndexOf('(') > piece.lastIndexOf(')');
  }
  return parts;
}

function parseRequirement(part: string): Requirement | null {
  const [, setKey, setOperator, setValues] = setPattern.exec(part) ?? [];
  if (setKey !== undefined && setValues !== undefined) {
    const values = setValues.split(',').map((value) => value.trim());
    return {key: setKey, operator: setOperator === 'in' ? 'in' : 'notin', values};
  }
  const [, equalKey, sign, value] = equalPattern.exec(part) ?? [];
  if (equalKey !== undefined && value !== undefined) {
    return {key: equalKey, operator: sign === '!=' ? 'notin' : 'in', values: [value]};
  }
  const [, not, key] = presencePattern.exec(part) ?? [];
  return key === undefined ? null : {key, operator: not === '!' ? 'absent' : 'exists', values: []};
}

/** As in Kubernetes, `!=` and `notin` also hold where the label is absent. */
export function matchesLabels(requirements: readonly Requirement[], labels: Labels): boolean {
  return requirements.every(({key, operator, values}) => {
    const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
    switch (operator) {
      case 'exists':
        return value !== undefined;
      case 'absent':
        return value === undefined;
      case 'in':
        return value !== undefined && values.includes(value);
      case 'notin':
        return value === undefined || !values.includes(value);
    }
  });
}
