import {everyMachine} from './follow-argv.ts';

/**
 * Runs journalctl on the node. What it writes goes through half a dozen processes: in its own pieces of 4 KB that costs all
 * of them together more than the reading of the journal, so where coreutils can they are made larger. (It still writes at
 * once what it has before it waits.)
 *
 * With `--merge` it is given the matches that leave out what other machines sent to this node (`systemd-journal-remote`,
 * containers that link their journal), whose files are read, too. A node that gets a new machine id with each start, as
 * kind's do, is still the same by its name, unless that is one that many machines have. No matches where the node does
 * not say who it is, and none where all that its journals hold was written under another id and name (a journal that is
 * mounted or was copied): it would be hidden whole. Where the journals do not tell soon who wrote them, they are taken to
 * be the node's own. The node works that out itself: to ask it first would cost a start a second command.
 *
 * Matches that every entry meets cost journalctl a twentieth of its speed, so there are none either where all that the
 * journals hold is the node's own and nothing is installed that would write another machine's beside it.
 */
const script = `
id= name=
read -r id 2>/dev/null <"$1"
read -r name 2>/dev/null <"$2"
others=
for writer in "$3" "$4" "$5"; do [ -e "$writer" ] && others=yes; done
shift 5
stdbuf -o64K true 2>/dev/null && set -- stdbuf -o64K "$@"
case $id in *[!0-9a-f]*) id= ;; esac
[ \${#id} -eq 32 ] || exec "$@"
case $name in *[!A-Za-z0-9_.-]* | [Ll][Oo][Cc][Aa][Ll][Hh][Oo][Ss][Tt] | [Ll][Oo][Cc][Aa][Ll][Hh][Oo][Ss][Tt][.-]*) name= ;; esac
soon='timeout 3'
command -v timeout >/dev/null || soon=
written() { $soon journalctl --merge --field="$1" --quiet --no-pager 2>/dev/null; }
case $(written _MACHINE_ID) in
  "$id") [ -n "$others" ] || exec "$@" ;;
  '' | *"$id"*) ;;
  *) [ -n "$name" ] && written _HOSTNAME | grep -qxF -e "$name" || exec "$@" ;;
esac
exec "$@" "_MACHINE_ID=$id" \${name:++ "_HOSTNAME=$name"}
`.trim();

/** Who the node is, and what would write the journals of other machines: it receives them, or runs them as containers. */
const paths = [
  '/etc/machine-id',
  '/proc/sys/kernel/hostname',
  '/usr/lib/systemd/systemd-journal-remote',
  '/lib/systemd/systemd-journal-remote',
  '/usr/bin/systemd-nspawn',
];

/** The command line that runs a journalctl on the node. */
export function nodeCommand(journalctl: readonly string[]): readonly string[] {
  const asked = journalctl.includes(everyMachine) ? paths : paths.map(() => '');
  return ['sh', '-c', script, 'ktop-journal', ...asked, ...journalctl];
}
