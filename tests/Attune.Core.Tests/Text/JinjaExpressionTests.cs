using System.Text.Json;

namespace Attune.Text;

/// <summary>Expressions of the template language beside what Jinja2 3.1 makes of them in transformers' environment (⇒; ⏎ is a line end, ␣ a blank; ⇏ is an error).</summary>
public sealed class JinjaExpressionTests
{
    private const string Variables = """
        {"x": "X", "s": " Hello, World ", "l": ["a", "b", "c"], "n": [3, 1, 2], "d": {"a": 1, "b": "two"}, "e": "", "f": 2.5, "i": 7, "t": true, "z": null, "u": "é😀ß",
         "m": [{"role": "user", "content": "q", "n": 2}, {"role": "assistant", "content": "r", "n": 1}]}
        """;

    private const string Reference = """"
        2 ** 3 ** 2 ⇒ 64
        2 ** 3 ** 2 ** 1 ⇒ 64
        (-2) ** 2 ⇒ 4
        -2 ** 2 ⇒ 4
        2 ** -1 ⇒ 0.5
        2 ** 0.5 ⇒ 1.4142135623730951
        2 ** 3 * 2 ⇒ 16
        2 * 3 ** 2 ⇒ 18
        -i ** 2 ⇒ 49
        not t == z ⇒ True
        not i in n ⇒ True
        i not in n ⇒ True
        'a' in l and not 'z' in l ⇒ True
        1 < 2 < 3 ⇒ True
        1 < 3 < 2 ⇒ False
        1 == 1.0 == true ⇒ True
        3 > 2 >= 2 != 1 ⇒ True
        1 + 2 ~ 3 + 4 ⇏
        1 ~ 2 * 3 ⇒ 16
        'a' ~ 1 ~ none ⇒ a1None
        7 // 2 ⇒ 3
        -7 // 2 ⇒ -4
        7 % -3 ⇒ -2
        -7 % 3 ⇒ 2
        7 / 2 ⇒ 3.5
        6 / 3 ⇒ 2.0
        7.5 // 2 ⇒ 3.0
        1 + 2 * 3 - 4 / 2 ⇒ 5.0
        1_000 + 1 ⇒ 1001
        0x1F ⇒ 31
        0b101 ⇒ 5
        0o17 ⇒ 15
        0X1f + 0B1 ⇒ 32
        1e3 ⇒ 1000.0
        1.5e-3 ⇒ 0.0015
        1_0.2_5 ⇒ 10.25
        2.0 ⇒ 2.0
        1e16 ⇒ 1e+16
        1e22 ⇒ 1e+22
        0.1 + 0.2 ⇒ 0.30000000000000004
        100000000000000000000 ⇒ 100000000000000000000
        00 ⇒ 0
        '\x41\u00e9\101\n' | tojson ⇒ "AéA\n"
        '\U0001F600' ⇒ 😀
        'a' 'b' "c" ⇒ abc
        'it\'s' ~ "\"q\"" ⇒ it's"q"
        '\q\\' ⇒ \q\
        '\a\b\f\v' | length ⇒ 4
        l[0] ⇒ a
        l[-1] ⇒ c
        l[1:] ⇒ ['b', 'c']
        l[::-1] ⇒ ['c', 'b', 'a']
        l[::2] ⇒ ['a', 'c']
        l[-2:] ⇒ ['b', 'c']
        l[:-1] ⇒ ['a', 'b']
        l[5:] ⇒ []
        l[2:0:-1] ⇒ ['c', 'b']
        'hello'[1:4:2] ⇒ el
        'hello'[::-1] ⇒ olleh
        'hello'[-1] ⇒ o
        u[1] ⇒ 😀
        u[::-1] ⇒ ß😀é
        u | length ⇒ 3
        d.a ⇒ 1
        d['b'] ⇒ two
        d.c ⇒
        d.c.x ⇏
        d['c'] is defined ⇒ False
        d.keys() | list ⇒ ['a', 'b']
        d.values() | list ⇒ [1, 'two']
        d.items() | list ⇒ [('a', 1), ('b', 'two')]
        d.get('c', 5) ⇒ 5
        d.get('a') ⇒ 1
        d | items | list ⇒ [('a', 1), ('b', 'two')]
        dict(a=1, b=2) ⇒ {'a': 1, 'b': 2}
        dict(d, c=3) ⇒ {'a': 1, 'b': 'two', 'c': 3}
        {'a': 1, 'b': [1, 2]}['b'][1] ⇒ 2
        {1: 'x', 1.0: 'y'} ⇒ {1: 'y'}
        (1, 2) ⇒ (1, 2)
        (1,) ⇒ (1,)
        () ⇒ ()
        [1, [2, (3,)], {'k': none}] ⇒ [1, [2, (3,)], {'k': None}]
        true and false or true ⇒ True
        x and e or 'd' ⇒ d
        e or x ⇒ X
        not e ⇒ True
        x if t ⇒ X
        x if not t ⇒
        (x if not t) is defined ⇒ False
        'a' if t else 'b' if t else 'c' ⇒ a
        x if i > 3 else e ⇒ X
        i is number ⇒ True
        f is integer ⇒ False
        i is float ⇒ False
        i is divisibleby 7 ⇒ True
        i is divisibleby(3) ⇒ False
        i is odd ⇒ True
        i is not odd ⇒ False
        x is string ⇒ True
        d is mapping ⇒ True
        l is iterable ⇒ True
        l is sequence ⇒ True
        x is sequence ⇒ True
        'abc' is in ['abc'] ⇒ True
        i is in n ⇒ False
        i is eq 7 ⇒ True
        i is gt(3) ⇒ True
        i is lt 3 or t ⇒ True
        z is none ⇒ True
        z is not none ⇒ False
        nope is undefined ⇒ True
        nope is defined ⇒ False
        t is true ⇒ True
        t is boolean ⇒ True
        i is sameas i ⇒ True
        x is upper ⇒ True
        x is lower ⇒ False
        l is callable ⇒ False
        dict is callable ⇒ True
        'upper' is filter ⇒ True
        'nofilter' is filter ⇒ False
        x | lower | upper ⇒ X
        l | join(', ') ⇒ a, b, c
        l | join(d='-') ⇒ a-b-c
        m | map(attribute='role') | join(',') ⇒ user,assistant
        m | map(attribute='nope', default='-') | join(',') ⇒ -,-
        m | selectattr('role', 'equalto', 'user') | list | length ⇒ 1
        m | selectattr('n', 'gt', 1) | map(attribute='content') | list ⇒ ['q']
        m | rejectattr('role', 'eq', 'user') | list ⇒ [{'role': 'assistant', 'content': 'r', 'n': 1}]
        n | sort ⇒ [1, 2, 3]
        n | sort(reverse=true) ⇒ [3, 2, 1]
        m | sort(attribute='n') | map(attribute='n') | list ⇒ [1, 2]
        n | sum ⇒ 6
        m | sum(attribute='n') ⇒ 3
        m | sum('n', 10) ⇒ 13
        n | max ~ n | min ⇒ 31
        l | first ~ l | last ⇒ ac
        l | reverse | list ⇒ ['c', 'b', 'a']
        'abc' | reverse ⇒ cba
        n | select('odd') | list ⇒ [3, 1]
        n | reject('odd') | list ⇒ [2]
        n | map('string') | join ⇒ 312
        l | batch(2) | list ⇒ [['a', 'b'], ['c']]
        l | slice(2) | list ⇒ [['a', 'b'], ['c']]
        m | groupby('role') | list | length ⇒ 2
        n | unique | list ⇒ [3, 1, 2]
        d | dictsort ⇒ [('a', 1), ('b', 'two')]
        d | dictsort(false, 'value', reverse=true) | list if false else 'no' ⇒ no
        d | tojson ⇒ {"a": 1, "b": "two"}
        d | tojson(indent=2) ⇒ {⏎  "a": 1,⏎  "b": "two"⏎}
        m | tojson(indent=4) ⇒ [⏎    {⏎        "role": "user",⏎        "content": "q",⏎        "n": 2⏎    },⏎    {⏎        "role": "assistant",⏎        "content": "r",⏎        "n": 1⏎    }⏎]
        u | tojson ⇒ "é😀ß"
        u | tojson(ensure_ascii=true) ⇒ "\u00e9\ud83d\ude00\u00df"
        z | tojson ⇒ null
        '<&>"' | tojson ⇒ "<&>\""
        {'b': 1, 'a': 2} | tojson(sort_keys=true) ⇒ {"a": 2, "b": 1}
        f | round ⇒ 2.0
        f | round(0, 'floor') ⇒ 2.0
        3.14159 | round(2) ⇒ 3.14
        i | float ⇒ 7.0
        '3.7' | int ⇒ 3
        'x' | int(5) ⇒ 5
        '0x1f' | int(0, 16) ⇒ 31
        '12' | int + 1 ⇒ 13
        i | string ~ 1 ⇒ 71
        s | trim ⇒ Hello, World
        s | length ⇒ 14
        s | trim | lower | replace('o', '0') ⇒ hell0, w0rld
        s | replace('l', 'L', 1) ⇒ ␣HeLlo, World␣
        'hello world' | title ⇒ Hello World
        'hELLO' | capitalize ⇒ Hello
        x | default('d') ⇒ X
        e | default('d', true) ⇒ d
        nope | default('d') ⇒ d
        nope | d('x') ⇒ x
        s | wordcount ⇒ 2
        'a b c' | truncate(3) ⇒ a b c
        'a\nb' | indent(2) ⇒ a⏎  b
        'a\nb' | indent(width=2, first=true) ⇒ ␣ a⏎  b
        '%s-%d' | format('a', 3) ⇒ a-3
        '%5.2f|%x' % (f, 255) ⇒ ␣2.50|ff
        '%(a)s' % {'a': 1} ⇒ 1
        x | e ⇒ X
        '<b>' | escape ⇒ &lt;b&gt;
        '<b>' | forceescape ⇒ &lt;b&gt;
        x | center(5) ⇒ ␣ X ␣
        'a,b' | list ⇒ ['a', ',', 'b']
        d | list ⇒ ['a', 'b']
        x.upper().lower() ⇒ x
        s.strip().split(', ') ⇒ ['Hello', 'World']
        'a b  c'.split() ⇒ ['a', 'b', 'c']
        'a b c'.split(' ', 1) ⇒ ['a', 'b c']
        'a-b-c'.rsplit('-', maxsplit=1) ⇒ ['a-b', 'c']
        'a\nb\r\nc'.splitlines() ⇒ ['a', 'b', 'c']
        '-'.join(l) ⇒ a-b-c
        'abc'.startswith('ab') ⇒ True
        'abc'.startswith(('x', 'a')) ⇒ True
        'abc'.endswith('c') ⇒ True
        'abc'.find('c') ~ 'abc'.find('z') ⇒ 2-1
        'abcabc'.count('b') ⇒ 2
        'abc'.index('b') ⇒ 1
        'abc'.replace('b', '') ⇒ ac
        'abc'.removeprefix('a').removesuffix('c') ⇒ b
        'a=b=c'.partition('=') ⇒ ('a', '=', 'b=c')
        'a=b=c'.rpartition('=') ⇒ ('a=b', '=', 'c')
        '42'.zfill(5) ⇒ 00042
        '{} {}'.format('a', 1) ⇒ a 1
        '{0:>5}|{b:.1f}'.format('a', b=2.25) ⇒ ␣   a|2.2
        '{:,}'.format(1234567) ⇒ 1,234,567
        'abc'.isalpha() and '1'.isdigit() ⇒ True
        'abc'.title() ⇒ Abc
        'ab'.ljust(4, '.') ~ '|' ⇒ ab..|
        'ab'.center(5, '*') ⇒ **ab*
        'Ab'.swapcase() ⇒ aB
        'ß'.casefold() ⇒ ss
        'abc'.encode() ⇒ b'abc'
        'é'.encode() ⇒ b'\xc3\xa9'
        'é'.encode('latin-1') ⇒ b'\xe9'
        'é'.encode('ascii', 'ignore') ⇒ b''
        'é'.encode('ascii', 'replace') ⇒ b'?'
        'é'.encode('ascii') ⇏
        'é'.encode('ascii', 'backslashreplace').decode() ⇒ \xe9
        'é'.encode('ascii', errors='xmlcharrefreplace').decode() ⇒ &#233;
        'é'.encode('utf-16-le') ⇒ b'\xe9\x00'
        'é'.encode('unicode_escape').decode() ⇒ \xe9
        'x\n'.encode('unicode_escape').decode() ⇒ x\n
        'abc'.encode().decode('utf-8') ⇒ abc
        'abc'.encode('utf-8').hex() ⇒ 616263
        'é'.encode() | length ⇒ 2
        'abc'.encode()[0] ⇒ 97
        'abc'.encode()[1:] ⇒ b'bc'
        'abc'.encode() | list ⇒ [97, 98, 99]
        'abc'.encode() == 'abc' ⇒ False
        'abc'.encode() == 'abc'.encode() ⇒ True
        'it\'s "x"\n\x00\xff'.encode() ⇒ b'it\'s "x"\n\x00\xc3\xbf'
        'abc'.encode() is string ⇒ False
        'abc'.encode() ~ 'x' ⇒ b'abc'x
        'abc'.encode() + 'd'.encode() ⇒ b'abcd'
        e.encode() or 'empty' ⇒ empty
        'abc'.encode('utf8').decode('utf8') == 'abc' ⇒ True
        'abc'.encode() | tojson ⇏
        'abc'.translate({97: 'x', 98: none}) ⇒ xc
        'abc'.translate({'a': 'x'}) ⇒ abc
        'abc'.expandtabs() ⇒ abc
        'abc'.__class__ ⇒
        l.append('d') ⇏
        l.index('b') ⇒ 1
        l.count('a') ⇒ 1
        n.copy() ⇒ [3, 1, 2]
        d.update({'a': 2}) ⇏
        d.pop('a') ⇏
        i.bit_length() ⇒ 3
        (255).bit_length() ⇒ 8
        i.real ⇒ 7
        i.numerator ⇒ 7
        f.is_integer() ⇒ False
        (2.0).is_integer() ⇒ True
        t + 1 ⇒ 2
        true + true ⇒ 2
        t | int ⇒ 1
        1 == true ⇒ True
        '1' == 1 ⇒ False
        none == false ⇒ False
        [1, 2] == [1, 2] ⇒ True
        [1, 2] + [3] ⇒ [1, 2, 3]
        [0] * 3 ⇒ [0, 0, 0]
        'ab' * 2 ⇒ abab
        2 * 'ab' ⇒ abab
        (1, 2) + (3,) ⇒ (1, 2, 3)
        [1, 2] < [1, 3] ⇒ True
        'a' < 'b' ⇒ True
        1 < 'a' ⇏
        'a' + 1 ⇏
        none + 'a' ⇏
        'a' ~ none ⇒ aNone
        range(3) | list ⇒ [0, 1, 2]
        range(1, 10, 3) | list ⇒ [1, 4, 7]
        range(5, 0, -2) | list ⇒ [5, 3, 1]
        range(3) ⇒ range(0, 3)
        range(3)[1] ⇒ 1
        2 in range(3) ⇒ True
        lipsum is defined ⇒ True
        cycler('a', 'b').next() ⇒ a
        joiner(', ')() ⇒
        namespace(a=1).a ⇒ 1
        raise_exception('no') ⇏
        {% for a in l %}{{ loop.index }}{{ loop.last }}{{ loop.previtem }}{{ loop.nextitem }},{% endfor %} ⇒ 1Falseb,2Falseac,3Trueb,
        {% for a, b in d.items() %}{{ a }}={{ b }};{% endfor %} ⇒ a=1;b=two;
        {% for k in d %}{{ k }}{% else %}none{% endfor %} ⇒ ab
        {% for a in [] %}x{% else %}none{% endfor %} ⇒ none
        {% for a in n if a > 1 %}{{ a }}{% endfor %} ⇒ 32
        {% for a in n %}{% if loop.first %}{% continue %}{% endif %}{{ a }}{% break %}{% endfor %} ⇒ 1
        {% for a in l recursive %}{{ a }}{% endfor %} ⇒ abc
        {% for (a, (b, c)) in [(1, (2, 3))] %}{{ a + b + c }}{% endfor %} ⇒ 6
        {% for a in l %}{{ loop.cycle('o', 'e') }}{% endfor %} ⇒ oeo
        {% for a in l %}{{ loop.changed(a) }}{{ loop.revindex0 }}{{ loop.depth }}{% endfor %} ⇒ True21True11True01
        {% set a, b = 1, 2 %}{{ a + b }} ⇒ 3
        {% set a = 1 %}{% for k in l %}{% set a = 2 %}{% endfor %}{{ a }} ⇒ 1
        {% set ns = namespace(c=0) %}{% for k in l %}{% set ns.c = ns.c + 1 %}{% endfor %}{{ ns.c }} ⇒ 3
        {% set t %}a{{ x }}b{% endset %}{{ t | upper }} ⇒ AXB
        {% set t | upper %}abc{% endset %}{{ t }} ⇒ ABC
        {% macro f(a, b=2, *c) %}{{ a }}{% endmacro %} ⇏
        {% macro f(a, b=2) %}{{ a }}{{ b }}{{ varargs }}{{ kwargs }}{% endmacro %}{{ f(1, 3, 4, k=5) }} ⇒ 13(4,){'k': 5}
        {% macro f() %}{{ caller(1) }}{% endmacro %}{% call(a) f() %}<{{ a }}>{% endcall %} ⇒ <1>
        {% macro f(a) %}{{ a }}{% endmacro %}{{ f.name }}{{ f.arguments }} ⇒ f('a',)
        {% with a = 1, b = 2 %}{{ a + b }}{% endwith %} ⇒ 3
        {% filter upper %}abc{{ x }}{% endfilter %} ⇒ ABCX
        {% raw %}{{ x }}{% endraw %} ⇒ {{ x }}
        {# comment #}a ⇏
        {%- if t -%} a {%- endif -%} ⇒ a
        {% if t %}⏎a⏎{% endif %}⏎b ⇒ a⏎b
          {% if t %}a{% endif %} ⇒ a
          {%+ if t %}a{% endif %} ⇒ ␣ a
        {% if e %}a{% elif i == 7 %}b{% else %}c{% endif %} ⇒ b
        {% if not e and i %}a{% endif %} ⇒ a
        {% do 1 %} ⇏
        {{ 'a' -}} b ⇒ ab
        {{ m[0].content ~ m[-1]['content'] }} ⇒ qr
        {{ m[:1] | length }} ⇒ 1
        {{ (m | last).role }} ⇒ assistant
        {{ m | map(attribute='content') | first }} ⇒ q
        {{ (m | first)['role'] }} ⇒ user
        {{ m.0.role }} ⇒ user
        {{ m | selectattr('tool_calls', 'defined') | list }} ⇒ []
        {{ m | selectattr('role') | list | length }} ⇒ 2
        {{ l | map('upper') | list }} ⇒ ['A', 'B', 'C']
        {{ l | map('replace', 'a', 'z') | list }} ⇒ ['z', 'b', 'c']
        {{ ['a', 'b'] | zip if false else 1 }} ⇒ 1
        {{ l.items }} ⇒
        {{ 'a\tb' }} ⇒ a	b
        {{ x|upper~x }} ⇒ XX
        {{ -n[0] }} ⇒ -3
        {{ - 3 | abs }} ⇒ 3
        {{ -3 | abs }} ⇒ 3
        {{ +3 }} ⇒ 3
        {{ not not x }} ⇒ True
        {{ 3 if x else }} ⇏
        {{ x.y.z }} ⇏
        {{ nope + 'a' }} ⇏
        {{ nope | length }} ⇒ 0
        {{ nope ~ 'a' }} ⇒ a
        {{ nope.a }} ⇏
        {{ nope == none }} ⇒ False
        {{ nope | list }} ⇒ []
        {{ d | length }} ⇒ 2
        {{ 5 | string | length }} ⇒ 1
        {{ l is eq(['a', 'b', 'c']) }} ⇒ True
        {{ 'b' is in l }} ⇒ True
        {{ l | contains('b') }} ⇏
        {{ 'abc' | first }} ⇒ a
        {{ d | dictsort(reverse=true) }} ⇒ [('b', 'two'), ('a', 1)]
        {{ d.items() | first }} ⇒ ('a', 1)
        {{ s | urlencode }} ⇒ %20Hello%2C%20World%20
        {{ 1000000 | filesizeformat }} ⇒ 1.0 MB
        {{ l | attr('append') is defined }} ⇒ False
        {{ l | xmlattr if false else 2 }} ⇒ 2
        {{ '<a>x</a>' | striptags }} ⇒ x
        {{ s | safe }} ⇒ ␣Hello, World␣
        {{ 'a' | pprint }} ⇒ 'a'
        {{ i | abs }} ⇒ 7
        {{ [3, 1] | sort | first }} ⇒ 1
        {{ ['B', 'a'] | sort }} ⇒ ['a', 'B']
        {{ ['B', 'a'] | sort(case_sensitive=true) }} ⇒ ['B', 'a']
        {{ [1, '2'] | map('int') | sum }} ⇒ 3
        {{ [[1, 2], [3]] | sum(start=[]) }} ⇒ [1, 2, 3]
        {{ {'a': {'b': 1}} | map(attribute='b') | list if false else 3 }} ⇒ 3
        {{ m | map(attribute='content') | map('length') | list }} ⇒ [1, 1]
        {{ [m[0], m[1]] | map(attribute=('role')) | join }} ⇒ userassistant
        {{ [{'a': {'b': 1}}] | map(attribute='a.b') | list }} ⇒ [1]
        {{ [[1, 2], [3, 4]] | map(attribute=1) | list }} ⇒ [2, 4]
        {{ [[1, 2], [3, 4]] | map('first') | list }} ⇒ [1, 3]
        {{ l | join | length }} ⇒ 3
        {{ 'abc'[1] ~ 'abc'.1 }} ⇒ bb
        {{ (1, 2)[0] }} ⇒ 1
        {{ {'x': 1}.x }} ⇒ 1
        {{ [1, 2, 3][1:][0] }} ⇒ 2
        {{ 'a' if x == 'X' and (i > 3 or e) }} ⇒ a
        {{ 'yes' if 'user' in m | map(attribute='role') else 'no' }} ⇒ yes
        {{ 'yes' if 'user' in m[0].values() else 'no' }} ⇒ yes
        {{ 1 if 2 else 3 if 4 else 5 }} ⇒ 1
        {{ (1 if e else 2) + 1 }} ⇒ 3
        {{ [1, 2,] }} ⇒ [1, 2]
        {{ {'a': 1,} }} ⇒ {'a': 1}
        {{ dict([('a', 1)]) }} ⇒ {'a': 1}
        {{ dict(l) if false else 4 }} ⇒ 4
        {{ 10 ** 20 }} ⇒ 100000000000000000000
        {{ 10.0 ** 20 }} ⇒ 1e+20
        {{ 1 / 3 }} ⇒ 0.3333333333333333
        {{ 2 ** 100 }} ⇒ 1267650600228229401496703205376
        {{ 5 // 0.3 }} ⇒ 16.0
        {{ 1 % 0 }} ⇏
        {{ 0.1 % 0.03 }} ⇒ 0.010000000000000009
        {{ 1e400 }} ⇒ inf
        {{ 12345678901234567890 % 97 }} ⇒ 3
        {{ 1 . __class__ }} ⇒
        {{ ''.join(['a', 1]) }} ⇏
        {{ 'a'.join('bcd') }} ⇒ bacad
        {{ '%s' % none }} ⇒ None
        {{ '%d%%' % 5 }} ⇒ 5%
        {{ '%s %s' % ('a', ) }} ⇏
        {{ '{a[b]} {c.d}'.format(a={'b': 1}, c={'d': 2}) }} ⇒ 1 2
        {{ '{!r:>6}'.format('a') }} ⇒ ␣  'a'
        {{ "{:05.1f}".format(3.14159) }} ⇒ 003.1
        {{ '{:>{w}}'.format('a', w=4) }} ⇒ ␣  a
        {{ '{{}}'.format() }} ⇒ {}
        {{ 'a'.__len__() }} ⇏
        {{ loop }} ⇒
        {{ u.upper() }} ⇒ É😀SS
        {{ 'ǆ'.title() }} ⇒ ǅ
        {{ 'İ'.lower() | length }} ⇒ 2
        {{ 'ﬁ'.upper() }} ⇒ FI
        {{ '١'.isdigit() }} ⇒ True
        {{ '½'.isnumeric() }} ⇒ True
        {{ 'a\u200bb'.split() }} ⇒ ['a\u200bb']
        {{ 'a\u00a0b'.split() }} ⇒ ['a', 'b']
        {{ 'a\x1cb'.splitlines() }} ⇒ ['a', 'b']
        {{ '  a '.lstrip() ~ '|' ~ 'xax'.strip('x') }} ⇒ a |a
        {{ 'abc'.find('b', 1, 2) }} ⇒ 1
        {{ 'hello'.index('z') }} ⇏
        {{ l.index('z') }} ⇏
        {{ [1, 2].index(2) }} ⇒ 1
        {{ 3 is divisibleby 3 and 4 is even }} ⇒ True
        {{ x is not string }} ⇒ False
        {{ x is not sameas(y) }} ⇒ True
        {{ 'a' is not in l }} ⇒ False
        {{ l is not none and l | length > 2 }} ⇒ True
        {{ (l | length) > 2 }} ⇒ True
        {{ l | length * 2 }} ⇒ 6
        {{ l | length == 3 and x }} ⇒ X
        {{ i + n | length }} ⇒ 10
        {{ 'a' + x | lower }} ⇒ ax
        {{ ('a' + x) | lower }} ⇒ ax
        {{ not x | length }} ⇒ False
        {{ -1 ** 2 }} ⇒ 1
        {{ 2 ** n | length }} ⇒ 8
        {{ x is defined and x is string and x | length }} ⇒ 1
        {{ 1 in [1] == true }} ⇒ False
        {{ 1 < 2 in [2] }} ⇒ True
        {{ 'a' in 'abc' in ['abc'] }} ⇒ True
        i ** 2 ** 2 ⇒ 2401
        n[1] ** n[0] ** n[2] ⇒ 1
        2 ** i ** 2 * 3 ⇒ 49152
        'abc'.translate({98: 'BB'}) ⇒ aBBc
        'abc'.translate({97: 120}) ⇒ xbc
        x.encode('ascii').decode('ascii') ⇒ X
        x.encode('utf-8', 'strict') ⇒ b'X'
        x.encode(encoding='utf-8') ⇒ b'X'
        x.encode('nope') ⇏
        'abc'.encode().decode('ascii', 'replace') ⇒ abc
        'é'.encode('latin1').decode('utf-8', 'replace') ⇒ �
        'é'.encode('latin1').decode('utf-8', 'ignore') ⇒
        'é'.encode('latin1').decode('utf-8') ⇏
        'abc'.encode().startswith('a'.encode()) ⇒ True
        '98' in '1989' ⇒ True
        'abc'.encode() is iterable ⇒ True
        'abc'.encode() is sequence ⇒ True
        'abc'.encode()[::-1] ⇒ b'cba'
        'abc'.encode()[-1] ⇒ 99
        'a'.encode() < 'b'.encode() ⇒ True
        'a'.encode() in 'cab'.encode() ⇒ True
        97 in 'cab'.encode() ⇒ True
        '😀'.encode('utf-16') ⇒ b'\xff\xfe=\xd8\x00\xde'
        '😀'.encode('utf-16-be') ⇒ b'\xd8=\xde\x00'
        '😀'.encode('utf-32-le') ⇒ b'\x00\xf6\x01\x00'
        """";

    [Fact]
    public void Every_expression_gives_what_the_reference_gives()
    {
        Dictionary<string, JsonElement> variables = JsonElement.Parse(Variables).EnumerateObject().ToDictionary(variable => variable.Name, variable => variable.Value);
        string[] lines = Reference.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.True(lines.Length > 400, $"{lines.Length} expressions");
        var wrong = new List<string>();
        foreach (string line in lines)
        {
            string[] parts = line.Split([" ⇒ ", " ⇒", " ⇏"], 2, StringSplitOptions.None);
            string? expected = line.Contains('⇒') ? parts[1].Replace('⏎', '\n').Replace('␣', ' ') : null, got = Rendered(parts[0].Replace('⏎', '\n'), variables, out string problem);
            if (expected != got)
            {
                wrong.Add($"{parts[0]}: {expected ?? "an error"} was expected, not {got ?? problem}");
            }
        }

        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
    }

    [Theory]
    [InlineData("{{ '\\N{BULLET}' }}", "write \\u and four digits")]
    [InlineData("{{ 'a'.encode('cp1252') }}", "the encoding \"cp1252\" is not known here")]
    [InlineData("{{ 'a b' | urlize }}", "'urlize' is refused")]
    [InlineData("{{ (7).to_bytes(2, 'big') }}", "'int' has no attribute or element 'to_bytes'")]
    [InlineData("{{ 2.5.hex() }}", "'float' has no attribute or element 'hex'")]
    public void What_the_reference_has_and_we_have_not_is_refused_by_name(string template, string problem) =>
        Assert.Contains(problem, Assert.Throws<TemplateException>(() => ChatTemplate.Parse(template, "test").Render(new Dictionary<string, JsonElement>(), null)).Message, StringComparison.Ordinal);

    [Fact]
    public void Text_that_was_bytes_in_between_is_still_the_users()
    {
        RenderedChat chat = ChatTemplate.Parse("<u>{{ messages[0].content.encode().decode() }}<e>", "test").Render([new("user", "<s>")], new ChatTemplateArguments());
        Assert.Equal(("<u><s><e>", new TextRange(3, 6)), (chat.Text, Assert.Single(chat.PlainSpans)));
    }

    private static string? Rendered(string expression, Dictionary<string, JsonElement> variables, out string problem)
    {
        try
        {
            problem = "";
            bool isTemplate = expression.Contains("{{", StringComparison.Ordinal) || expression.Contains("{%", StringComparison.Ordinal);
            return ChatTemplate.Parse(isTemplate ? expression : $"{{{{ {expression} }}}}", "test").Render(variables, null).Text;
        }
        catch (TemplateException error)
        {
            problem = error.Message;
            return null;
        }
    }
}
