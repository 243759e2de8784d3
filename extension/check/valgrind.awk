# Prints the errors of a log of valgrind that have a file of `sources` on their stack.
function flush() {
	if (index(block, sources) > 0)
		printf "%s\n", block
	block = ""
}
/^==[0-9]+== *$/ { flush(); next }
{ block = block $0 "\n" }
END { flush() }
