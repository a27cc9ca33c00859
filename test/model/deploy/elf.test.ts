import {expect, test} from 'vitest';
import {machineName, machineOf, readElf, runsOn} from '../../../src/model/deploy/elf.ts';

/** An ELF header of 64 bits with one segment that reaches to `end`. */
function elf({type = 2, machine = 62, entry = 0x401000, end = 5000} = {}): Uint8Array {
  const bytes = Buffer.alloc(4096);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  bytes.writeUInt16LE(type, 16);
  bytes.writeUInt16LE(machine, 18);
  bytes.writeBigUInt64LE(BigInt(entry), 24);
  bytes.writeBigUInt64LE(64n, 32);
  bytes.writeUInt16LE(56, 54);
  bytes.writeUInt16LE(1, 56);
  bytes.writeUInt32LE(1, 64);
  bytes.writeBigUInt64LE(1000n, 64 + 8);
  bytes.writeBigUInt64LE(BigInt(end - 1000), 64 + 32);
  return bytes;
}

test('an executable tells its machine and how long it must be', () => {
  expect(readElf(elf())).toEqual({machine: 62, bits: 64, leastBytes: 5000});
  expect(readElf(elf({type: 3, machine: 183}))).toMatchObject({machine: 183});
});

test('what is no executable says what it is instead', () => {
  expect(readElf(Buffer.from(''))).toBe('is empty');
  expect(readElf(Buffer.from('#!/bin/sh\n'))).toContain('script');
  expect(readElf(Buffer.from('PK\x03\x04'))).toBe('is not an ELF executable');
  expect(readElf(elf({type: 1}))).toContain('object file');
  expect(readElf(elf({type: 3, entry: 0}))).toContain('shared library');
  expect(readElf(elf().subarray(0, 40))).toContain('cut off');
});

test('no bytes at all make it throw', () => {
  for (let seed = 1; seed < 400; seed += 1) {
    const bytes = Buffer.from(elf());
    for (let at = 4; at < 200; at += 1) if ((at * seed * 7919) % 5 === 0) bytes[at] = (at * seed) % 256;
    expect(() => readElf(bytes.subarray(0, (seed * 11) % 4096))).not.toThrow();
  }
});

test('a machine is known by the name that a node and Node give it', () => {
  expect([machineOf('x86_64'), machineOf('aarch64'), machineOf('armv7l'), machineOf('vax')]).toEqual([
    62,
    183,
    40,
    null,
  ]);
  expect([runsOn(62, 'x64'), runsOn(183, 'x64')]).toEqual([true, false]);
  expect(machineName(9999)).toBe('ELF machine 9999');
});
