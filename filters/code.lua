--- Code blocks: only languages that pandoc can colour keep their name as class; the others are plain.
--
-- Input:   ```http, ```json, ``` …
-- Output:  the typed language in the attribute `language`; the class is one that the highlighter knows, or `default`.
-- Why:     a class that pandoc does not know makes its DOCX and HTML writers load every syntax there is, which costs about
--          0.4 s and 50 MiB.

local KNOWN = {}
for name in ([[
  ada agda apache asn1 awk bash bibtex c changelog clojure cmake coffee commonlisp cpp cs css curry d diff djangotemplate
  dockerfile dosbat dot doxygen dtd elixir elm erlang fortranfree fsharp gcc glsl gnuassembler go graphql groovy haskell haxe
  html ini isocpp java javadoc javascript json jsp julia kotlin latex lex lilypond llvm lua m4 makefile markdown matlab maxima
  mediawiki metafont mips modelines modula2 nasm nim noweb objectivec objectivecpp ocaml octave opencl pascal perl php pike
  postscript powershell prolog protobuf pure purescript python qml r relaxng rest roff ruby rust sass scala scheme scss sed sml
  spdxcomments sql sqlmysql sqlpostgresql swift systemverilog tcl tcsh terraform texinfo toml typescript verilog vhdl xml
  xslt yacc yaml zig zsh
]]):gmatch '%S+' do KNOWN[name] = true end

local ALIASES = {
  ['c++'] = 'cpp', ['c#'] = 'cs', fortran = 'fortranfree', csharp = 'cs', console = 'default', golang = 'go', js = 'javascript',
  jsonc = 'json', make = 'makefile', md = 'markdown', postgresql = 'sqlpostgresql', proto = 'protobuf', ps1 = 'powershell', py = 'python',
  rb = 'ruby', rs = 'rust', sh = 'bash', shell = 'bash', tex = 'latex', tf = 'terraform', ts = 'typescript', yml = 'yaml',
}

function CodeBlock(code)
  local typed = code.classes[1]
  if not typed then return nil end
  local name = typed:lower()
  name = ALIASES[name] or name
  code.classes = { KNOWN[name] and name or 'default' }
  code.attributes.language = typed
  return code
end
