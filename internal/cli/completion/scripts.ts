/**
 * One script per shell. All they do is ask `swarmerctl __complete`, which prints candidates one per line,
 * so a script never needs to be made anew when verbs change. A word that ends in `=`, `.` or `/` goes on.
 */
export const SCRIPTS = {
  bash: `# bash completion for swarmerctl
_swarmerctl() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" line
  COMPREPLY=()
  while IFS= read -r line; do
    COMPREPLY+=("$line")
  done < <(swarmerctl __complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
  if [[ \${#COMPREPLY[@]} -eq 1 && "\${COMPREPLY[0]}" == *[=./] ]]; then
    compopt -o nospace 2>/dev/null
  fi
}
complete -o default -F _swarmerctl swarmerctl
`,
  zsh: `#compdef swarmerctl
# zsh completion for swarmerctl
_swarmerctl() {
  local -a found open
  found=("\${(@f)$(swarmerctl __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  found=(\${found:#})
  open=(\${(M)found:#*[=./]})
  found=(\${found:#*[=./]})
  if (( \${#found} + \${#open} == 0 )); then
    _files
    return
  fi
  (( \${#found} )) && compadd -- "\${found[@]}"
  (( \${#open} )) && compadd -S '' -- "\${open[@]}"
  return 0
}
if [ "$funcstack[1]" = "_swarmerctl" ]; then
  _swarmerctl "$@"
else
  compdef _swarmerctl swarmerctl
fi
`,
  fish: `# fish completion for swarmerctl
function __swarmerctl_complete
  set -l words (commandline -opc) (commandline -ct)
  swarmerctl __complete -- $words[2..-1] 2>/dev/null
end
complete -c swarmerctl -a '(__swarmerctl_complete)'
`,
} as const;
