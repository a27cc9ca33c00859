/** The shells for which there is a completion. */
export const shells = ['bash', 'zsh', 'fish'] as const;
export type ShellName = (typeof shells)[number];

/**
 * The scripts that make a shell ask ktop itself: each passes on the words, and takes what comes back a line each, the word
 * parted from what it means by two blanks, `:files` for the names of files. Nothing is shown of what goes wrong.
 */
export const completionScripts: Readonly<Record<ShellName, string>> = {
  bash: `# bash completion for ktop: eval "$(ktop completion bash)"
_ktop() {
  local IFS=$'\\n' line cur="\${COMP_WORDS[COMP_CWORD]}" words=("\${COMP_WORDS[@]:1:COMP_CWORD}") prefix=
  # bash parts words at '=' and ':'; ktop wants --flag=value whole.
  if [[ $cur == '=' ]]; then words=("\${COMP_WORDS[@]:1:COMP_CWORD-1}" ''); cur=
  elif [[ COMP_CWORD -gt 1 && \${COMP_WORDS[COMP_CWORD-1]} == '=' ]]; then
    words=("\${COMP_WORDS[@]:1:COMP_CWORD-2}" "$cur")
  fi
  COMPREPLY=()
  while read -r line; do
    if [[ $line == ':files' ]]; then compopt -o filenames 2>/dev/null; COMPREPLY+=($(compgen -f -- "$cur")); continue; fi
    COMPREPLY+=("\${line%%  *}")
  done < <("\${COMP_WORDS[0]}" __complete "\${words[@]}" 2>/dev/null)
}
complete -F _ktop ktop kubelet-top
`,
  zsh: `#compdef ktop kubelet-top
# zsh completion for ktop: eval "$(ktop completion zsh)" after compinit
_ktop() {
  local line
  local -a found
  for line in "\${(@f)$("\${words[1]}" __complete "\${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    [[ -z $line ]] && continue
    if [[ $line == ':files' ]]; then _files; continue; fi
    found+=("\${\${line%%  *}//:/\\\\:}:\${line#*  }")
  done
  (( $#found )) && _describe ktop found
}
(( $+functions[compdef] )) && compdef _ktop ktop kubelet-top
`,
  fish: `# fish completion for ktop: ktop completion fish | source
function __ktop_complete
  set -l words (commandline -opc) (commandline -ct)
  for line in ($words[1] __complete $words[2..-1] 2>/dev/null)
    if test "$line" = ':files'
      __fish_complete_path (commandline -ct)
    else
      string replace --regex '  ' \\t -- $line
    end
  end
end
complete -c ktop -f -a '(__ktop_complete)'
complete -c kubelet-top -f -a '(__ktop_complete)'
`,
};
