import { type Command, InvalidArgumentError, Option } from 'commander';

/** What can be emulated. */
export const emulatorKinds = ['dcos', 'slack', 'jenkins'] as const;
/** One of them. */
export type EmulatorKind = (typeof emulatorKinds)[number];

/** What may be chosen for any emulator. */
export type EmulatorChoices = {
  /** 0 takes a free port. */
  readonly port: number;
};

/** What may be chosen for an emulated DC/OS; the emulator's own default stands in for what is absent. */
export type DcosEmulatorChoices = EmulatorChoices & {
  readonly auth?: 'none' | 'enterprise' | 'open';
  /** How tasks are run: by script and timers, or as processes of this machine. */
  readonly tasks?: 'simulated' | 'process';
  /** How many agents the cluster has. */
  readonly agents?: number;
  /** Files of the key and the certificate (PEM) to speak HTTPS with; both or none. */
  readonly tlsKey?: string;
  readonly tlsCert?: string;
};

/** Declares the options of `coxswain emulator`; those of DC/OS alone say so. */
export function addEmulatorOptions(command: Command): Command {
  const port = wholeNumber(0, 65_535, '; 0 takes a free port');
  return command
    .option('--port <number>', 'where it listens on 127.0.0.1; 0 takes a free port', port, 0)
    .addOption(
      new Option('--auth <mode>', 'dcos: which token it asks for (default: none)').choices([
        'none',
        'enterprise',
        'open',
      ]),
    )
    .addOption(
      new Option('--tasks <mode>', 'dcos: whether commands really run on this machine (default: simulated)').choices([
        'simulated',
        'process',
      ]),
    )
    .option('--agents <number>', 'dcos: how many agents it has (default: 5)', wholeNumber(1, 10_000))
    .option('--tls-key <file>', 'dcos: speaks HTTPS with this key (PEM); needs --tls-cert')
    .option('--tls-cert <file>', 'dcos: the certificate (PEM); anybody gets it at /ca/dcos-ca.crt');
}

/** The names of options that were given although only DC/OS has them. */
export function dcosOnly({ port: _port, ...rest }: DcosEmulatorChoices): readonly string[] {
  return Object.keys(rest).map((name) => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`);
}

function wholeNumber(minimum: number, maximum: number, remark = '') {
  return (text: string): number => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= minimum && value <= maximum) return value;
    throw new InvalidArgumentError(`Give a whole number from ${minimum} to ${maximum}${remark}.`);
  };
}
