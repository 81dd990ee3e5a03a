package wire

// rush goes on from i while the document is as usual, and gives up, without
// harm, before names that are not expected, strings with escapes, the last
// bytes of the body and all that may be wrong. It comes out of no more than the
// object or array at depth base.
//
// Most bytes of an answer go through here. So it is one function and calls
// none: all that it needs stays in registers.
func (s *scanner) rush(i, base int, at state) (int, state) { //nolint:cyclop,funlen,gocognit,gocyclo,maintidx // See above.
	b, depth, last := s.body, s.depth, s.names.last
	enough := len(b) - nameWords*wordSize // From there on a name can be compared as a whole.
	object := s.objects.has(depth)
	var (
		c        byte
		j        int
		w, marks uint64
		known    *knownName
	)

	switch at {
	case first:
		goto first
	case member:
		goto member
	case value:
		goto value
	default:
		goto behind
	}

first:
	at = first
	if i < len(b) && b[i] <= ' ' {
		for i < len(b) && isSpace(b[i]) {
			i++
		}
	}
	if i > enough {
		goto out
	}
	if c = b[i]; c == '}' || c == ']' {
		goto end
	}
	if !object {
		goto value
	}

member:
	at = member
	if i >= enough || b[i] != '"' {
		goto out
	}
	known = &s.names.slots[s.names.slots[last%slots].next%slots]
	w = word(b, i+1) ^ known.words[0]
	if known.size <= wordSize {
		w <<= known.rest % wordBits
	} else if w == 0 {
		w = word(b, i+1+wordSize) ^ known.words[1]
		if known.size <= 2*wordSize {
			w <<= known.rest % wordBits
		} else if w == 0 {
			w = (word(b, i+1+2*wordSize) ^ known.words[2]) << (known.rest % wordBits)
		}
	}
	if w != 0 || known.size == 0 {
		goto out
	}
	last = s.names.slots[last%slots].next
	i += 1 + int(known.size)
	if i < len(b) && b[i] <= ' ' {
		for i < len(b) && isSpace(b[i]) {
			i++
		}
	}

value:
	at = value
	if i > enough {
		goto out
	}
	c = b[i]
	if c == '"' {
		for j = i + 1; j <= enough; j += wordSize {
			if marks = stops(word(b, j)); marks == 0 {
				continue
			}
			j += lane(marks)
			if b[j] != '"' {
				goto out
			}
			i = j + 1
			goto behind
		}
		goto out
	}
	if c == '{' || c == '[' {
		if depth >= MaxDepth {
			goto out
		}
		depth++
		object = c == '{'
		s.objects.set(depth, object)
		i++
		goto first
	}
	if c == 't' && string(b[i:i+4]) == "true" || c == 'n' && string(b[i:i+4]) == "null" {
		i += 4
		goto behind
	}
	if c == 'f' && string(b[i:i+5]) == "false" {
		i += 5
		goto behind
	}
	if c == '0' || !isDigit(c) {
		goto out
	}
	j = i + 1
	for j < len(b) && isDigit(b[j]) {
		j++
	}
	if j < enough && b[j] == '.' && isDigit(b[j+1]) {
		j += 2
		for j < len(b) && isDigit(b[j]) {
			j++
		}
	}
	if j >= len(b) || b[j] == '.' || b[j]|0x20 == 'e' {
		goto out
	}
	i = j

behind:
	at = behind
	if i >= len(b) {
		goto out
	}
	c = b[i]
	if c == ',' {
		i++
		if i < len(b) && b[i] <= ' ' {
			for i < len(b) && isSpace(b[i]) {
				i++
			}
		}
		if object {
			goto member
		}
		goto value
	}
	if c <= ' ' && isSpace(c) {
		i++
		goto behind
	}

end:
	if c != closing(object) {
		goto out
	}
	i++
	depth--
	if depth >= base {
		object = s.objects.has(depth)
		goto behind
	}
	at = behind

out:
	s.depth, s.names.last = depth, last
	return i, at
}
