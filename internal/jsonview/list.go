package jsonview

import "reflect"

// pointer makes the writer of a pointer type.
func (seen types) pointer(t reflect.Type) writer {
	write := seen.writer(t.Elem())

	return func(dst []byte, v reflect.Value) ([]byte, error) {
		if v.IsNil() {
			return append(dst, "null"...), nil
		}

		return write(dst, v.Elem())
	}
}

// slice makes the writer of a slice type. Bytes have a form of their own.
func (seen types) slice(t reflect.Type) writer {
	if t.Elem().Kind() == reflect.Uint8 {
		return writeStandard
	}

	write := seen.writer(t.Elem())

	return func(dst []byte, v reflect.Value) ([]byte, error) {
		if v.IsNil() {
			return append(dst, "null"...), nil
		}

		dst = append(dst, '[')

		for i := range v.Len() {
			if i > 0 {
				dst = append(dst, ',')
			}

			var err error
			if dst, err = write(dst, v.Index(i)); err != nil {
				return nil, err
			}
		}

		return append(dst, ']'), nil
	}
}
