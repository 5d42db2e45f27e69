# SPDX-License-Identifier: Apache-2.0
# chat_parity.py PROBE: renders conversations through templates that have the features of SmolLM2's, Qwen's, Llama 3's,
# Mistral's, Zephyr's and others, with Jinja set as transformers sets it, and compares with what PROBE prints.
import json
import subprocess
import sys
from jinja2.ext import Extension, loopcontrols
from jinja2 import nodes
from jinja2.exceptions import TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment


class Generation(Extension):
    tags = {"generation"}

    def parse(self, parser):
        next(parser.stream)
        return parser.parse_statements(("name:endgeneration",), drop_needle=True)


def environment():
    def tojson(x, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
        return json.dumps(x, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)

    def raise_exception(message):
        raise TemplateError(message)

    env = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=[Generation, loopcontrols])
    env.filters["tojson"] = tojson
    env.globals["raise_exception"] = raise_exception
    return env


TEMPLATES = {
    "chatml": "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] + "
    "'<|im_end|>' + '\n'}}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}",
    "default-system": "{% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}"
    "{{ '<|im_start|>system\nYou are helpful<|im_end|>\n' }}{% endif %}{{'<|im_start|>' + message['role'] + '\n' + "
    "message['content'] + '<|im_end|>' + '\n'}}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}"
    "{% endif %}",
    "headers": "{% set loop_messages = messages %}{% for message in loop_messages %}{% set content = '<|start_header_id|>'"
    " + message['role'] + '<|end_header_id|>\n\n'+ message['content'] | trim + '<|eot_id|>' %}{% if loop.index0 == 0 %}"
    "{% set content = bos_token + content %}{% endif %}{{ content }}{% endfor %}{% if add_generation_prompt %}"
    "{{ '<|start_header_id|>assistant<|end_header_id|>\n\n' }}{% endif %}",
    "instructions": "{%- if messages[0]['role'] == 'system' %}\n    {%- set system_message = messages[0]['content'] %}\n"
    "    {%- set loop_messages = messages[1:] %}\n{%- else %}\n    {%- set loop_messages = messages %}\n{%- endif %}\n\n"
    "{{- bos_token }}\n{%- for message in loop_messages %}\n    {%- if (message['role'] == 'user') != (loop.index0 % 2 == 0) "
    "%}\n        {{- raise_exception('roles must alternate') }}\n    {%- endif %}\n    {%- if message['role'] == 'user' %}\n"
    "        {%- if loop.first and system_message is defined %}\n            {{- ' [INST] ' + system_message + '\\n\\n' + "
    "message['content'] + ' [/INST]' }}\n        {%- else %}\n            {{- ' [INST] ' + message['content'] + ' [/INST]' }}"
    "\n        {%- endif %}\n    {%- elif message['role'] == 'assistant' %}\n        {{- ' ' + message['content'] + eos_token}}"
    "\n    {%- else %}\n        {{- raise_exception('unknown role: ' ~ message.role) }}\n    {%- endif %}\n{%- endfor %}\n",
    "lines": "{% for message in messages %}\n{% if message['role'] == 'user' %}\n{{ '<|user|>\n' + message['content'] + "
    "eos_token }}\n{% elif message['role'] == 'system' %}\n{{ '<|system|>\n' + message['content'] + eos_token }}\n{% elif "
    "message['role'] == 'assistant' %}\n{{ '<|assistant|>\n'  + message['content'] + eos_token }}\n{% endif %}\n{% if "
    "loop.last and add_generation_prompt %}\n{{ '<|assistant|>' }}\n{% endif %}\n{% endfor %}",
    "tools": """{%- if tools %}
    {{- '<|im_start|>system\\n' }}
    {%- if messages[0]['role'] == 'system' %}
        {{- messages[0]['content'] }}
    {%- else %}
        {{- 'You are helpful.' }}
    {%- endif %}
    {{- "\\n\\n# Tools\\n<tools>" }}
    {%- for tool in tools %}
        {{- "\\n" }}
        {{- tool | tojson }}
    {%- endfor %}
    {{- "\\n</tools><|im_end|>\\n" }}
{%- elif messages[0]['role'] == 'system' %}
    {{- '<|im_start|>system\\n' + messages[0]['content'] + '<|im_end|>\\n' }}
{%- endif %}
{%- for message in messages %}
    {%- if (message.role == "user") or (message.role == "system" and not loop.first) or (message.role == "assistant" and not message.tool_calls) %}
        {{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>' + '\\n' }}
    {%- elif message.role == "assistant" %}
        {{- '<|im_start|>' + message.role }}
        {%- if message.content %}
            {{- '\\n' + message.content }}
        {%- endif %}
        {%- for tool_call in message.tool_calls %}
            {%- if tool_call.function is defined %}
                {%- set tool_call = tool_call.function %}
            {%- endif %}
            {{- '\\n<tool_call>\\n{"name": "' }}
            {{- tool_call.name }}
            {{- '", "arguments": ' }}
            {{- tool_call.arguments | tojson }}
            {{- '}\\n</tool_call>' }}
        {%- endfor %}
        {{- '<|im_end|>\\n' }}
    {%- elif message.role == "tool" %}
        {%- if (loop.index0 == 0) or (messages[loop.index0 - 1].role != "tool") %}
            {{- '<|im_start|>user' }}
        {%- endif %}
        {{- '\\n<tool_response>\\n' }}
        {{- message.content }}
        {{- '\\n</tool_response>' }}
        {%- if loop.last or (messages[loop.index0 + 1].role != "tool") %}
            {{- '<|im_end|>\\n' }}
        {%- endif %}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\\n' }}
{%- endif %}
""",
    "thoughts": """{%- set ns = namespace(multi_step_tool=true, last_query_index=messages|length - 1) %}
{%- for message in messages[::-1] %}
    {%- set index = (messages|length - 1) - loop.index0 %}
    {%- if ns.multi_step_tool and message.role == "user" and message.content is string and not(message.content.startswith('<tool_response>') and message.content.endswith('</tool_response>')) %}
        {%- set ns.multi_step_tool = false %}
        {%- set ns.last_query_index = index %}
    {%- endif %}
{%- endfor %}
{%- for message in messages %}
    {%- if message.content is string %}{%- set content = message.content %}{%- else %}{%- set content = '' %}{%- endif %}
    {%- if (message.role == "user") or (message.role == "system") %}
        {{- '<|im_start|>' + message.role + '\\n' + content + '<|im_end|>' + '\\n' }}
    {%- elif message.role == "assistant" %}
        {%- set reasoning_content = '' %}
        {%- if message.reasoning_content is string %}
            {%- set reasoning_content = message.reasoning_content %}
        {%- else %}
            {%- if '</think>' in content %}
                {%- set reasoning_content = content.split('</think>')[0].rstrip('\\n').split('<think>')[-1].lstrip('\\n') %}
                {%- set content = content.split('</think>')[-1].lstrip('\\n') %}
            {%- endif %}
        {%- endif %}
        {%- if loop.index0 > ns.last_query_index %}
            {%- if loop.last or (not loop.last and reasoning_content) %}
                {{- '<|im_start|>' + message.role + '\\n<think>\\n' + reasoning_content.strip('\\n') + '\\n</think>\\n\\n' + content.lstrip('\\n') }}
            {%- else %}
                {{- '<|im_start|>' + message.role + '\\n' + content }}
            {%- endif %}
        {%- else %}
            {{- '<|im_start|>' + message.role + '\\n' + content }}
        {%- endif %}
        {{- '<|im_end|>\\n' }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\\n' }}
    {%- if enable_thinking is defined and enable_thinking is false %}
        {{- '<think>\\n\\n</think>\\n\\n' }}
    {%- endif %}
{%- endif %}""",
    "dated": """{{- bos_token }}
{%- if custom_tools is defined %}
    {%- set tools = custom_tools %}
{%- endif %}
{%- if not date_string is defined %}
    {%- if strftime_now is defined %}
        {%- set date_string = strftime_now("%d %b %Y") %}
    {%- else %}
        {%- set date_string = "26 Jul 2024" %}
    {%- endif %}
{%- endif %}
{%- if not tools is defined %}
    {%- set tools = none %}
{%- endif %}

{#- The system message comes first #}
{%- if messages[0]['role'] == 'system' %}
    {%- set system_message = messages[0]['content']|trim %}
    {%- set messages = messages[1:] %}
{%- else %}
    {%- set system_message = "" %}
{%- endif %}
{{- "<|start_header_id|>system<|end_header_id|>\\n\\n" }}
{%- if tools is not none %}
    {{- "Environment: ipython\\n" }}
    {%- for t in tools %}
        {{- t | tojson(indent=4) }}
        {{- "\\n\\n" }}
    {%- endfor %}
{%- endif %}
{{- "Today Date: " + date_string + "\\n\\n" }}
{{- system_message }}
{{- "<|eot_id|>" }}
{%- for message in messages %}
    {%- if not (message.role == 'ipython' or message.role == 'tool' or 'tool_calls' in message) %}
        {{- '<|start_header_id|>' + message['role'] + '<|end_header_id|>\\n\\n'+ message['content'] | trim + '<|eot_id|>' }}
    {%- elif 'tool_calls' in message %}
        {%- if not message.tool_calls|length == 1 %}
            {{- raise_exception("This model only supports single tool-calls at once!") }}
        {%- endif %}
        {%- set tool_call = message.tool_calls[0].function %}
        {{- '<|start_header_id|>assistant<|end_header_id|>\\n\\n' -}}
        {{- '{"name": "' + tool_call.name + '", ' }}
        {{- '"parameters": ' }}
        {{- tool_call.arguments | tojson }}
        {{- "}" }}
        {{- "<|eot_id|>" }}
    {%- elif message.role == "tool" or message.role == "ipython" %}
        {{- "<|start_header_id|>ipython<|end_header_id|>\\n\\n" }}
        {%- if message.content is mapping or message.content is iterable %}
            {{- message.content | tojson }}
        {%- else %}
            {{- message.content }}
        {%- endif %}
        {{- "<|eot_id|>" }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}
{%- endif %}
""",
    "by-index": "{% for i in range(messages|length) %}{% set m = messages[i] %}<{{ m.role }}>{{ m.content }}</s>\n"
    "{% endfor %}{% if add_generation_prompt %}<assistant>{% endif %}",
    "generation": "{% for m in messages %}{% if m.role == 'assistant' %}<a>{% generation %}{{ m.content }}</a>"
    "{% endgeneration %}{% else %}<{{ m.role[0] }}>{{ m.content }}{% endif %}{% endfor %}",
    "macros": """{%- macro show(text, mark='*', n=1) -%}
  {%- for i in range(n) %}{{ mark }}{% endfor -%} {{ text|trim }}
{%- endmacro %}
{% for m in messages if m.role != 'system' recursive_off|default(false) or m.role != 'system' %}
  {%+ if loop.first %}first{% elif loop.last %} last {% else %}[{{ loop.index }}/{{ loop.length }}]{% endif %}
{{ show(m.content, n=2) }} {{ show(m.role, '+') }}
{% else %}none
{% endfor %}
{# a comment -#}
   {% set text %}block {{ messages|length * 2 ** 3 // 3 % 5 - 1 }}{% endset %}{{ text|length }}:{{ text }}""".replace(
        " recursive_off|default(false) or m.role != 'system'", ""),
    "expressions": """{{ [1, 2.5, 'a', none, true, {'k': [1]}] }} {{ (1,) | length }} {{ -7 // 2 }} {{ -7 % 3 }} {{ 7 / 2 }}
{{ 'a' if false }}|{{ 'b' in 'abc' }}|{{ not 1 in [2] }}|{{ 1 < 2 < 3 }}|{{ 'x' ~ 1 ~ none }}|{{ undefined_name is undefined }}
{{ 'a,b,,c'.split(',') | join('-') }} {{ ' a  b '.split() | tojson }} {{ 'aXbXc'.rsplit('X', 1) }} {{ "l1\\nl2".splitlines() }}
{{ messages | map(attribute='role') | join(',') }} {{ messages | selectattr('role', 'equalto', 'user') | list | length }}
{{ messages | rejectattr('role', '==', 'user') | map(attribute='content') | list | tojson }}
{{ {'b': 1, 'a': {'z': 'é"\\n'}} | tojson }} {{ {'b': 1, 'a': []} | tojson(indent=2) }} {{ {'b': 1, 'a': 2}.items() | map('last') | list }}
{{ 'hello world' | title }} {{ 'hELLO' | capitalize }} {{ 'ab'[::-1] }} {{ 'héllo'[1:3] }} {{ [1,2,3,4][-2:] }} {{ 'abc'[-1] }}
{{ 'x' | default('y') }} {{ nope | default('y') }} {{ '' | default('z', true) }}
{{ 'a-b' | replace('-', '+') }} {{ 'aaa'.replace('a', 'b', 2) }} {{ '  x '.strip() }}{{ 'xxhixx'.strip('x') }} {{ [3,1,2]|sort }}
{{ [1,2]|first }}{{ [1,2]|last }}{{ [1,1,2]|unique|list }} {{ 3.0 }} {{ 1e3 if false else 0.1 }} {{ 'a\\tb' }} {{ "it's" }} {{ ['it\\'s', 'x"y'] }}
{{ 'line\\nline2' | indent(2) }} {{ ' x ' | trim }} {{ messages[0].content | length }} {{ 5 is divisibleby 5 }} {{ 3 is odd }}
{%- for k, v in {'x': 1, 'y': 2}.items() %} {{ k }}={{ v }}{{ ',' if not loop.last }}{% endfor %}
{% for i in range(5) %}{% if i == 1 %}{% continue %}{% endif %}{% if i == 3 %}{% break %}{% endif %}{{ i }}{% endfor %}
{% set ns = namespace(n=0) %}{% for m in messages %}{% set ns.n = ns.n + m.content|length %}{% endfor %}{{ ns.n }}
{% raw %}{{ not a tag }}{% endraw %} {{ 'é' | upper if false else 'ok' }} {{ {}.get('a') }} {{ {'a': 1}.get('a', 2) }} {{ "a" "b" }}
{{ [1, 2, 3] | sum }} {{ [4, 9] | max }} {{ 2.5 | round }} {{ '12' | int + 1 }} {{ 3.7 | int }} {{ -3 | abs }} {{ 'abc' | reverse }} {{ 1 == 1.0 }} {{ true + 1 }}""",
}

TOOLS = [{"type": "function", "function": {"name": "weather", "description": "Wetter – für \"heute\"", "parameters": {
    "type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}}}]
CALLS = [{"type": "function", "function": {"name": "weather", "arguments": {"city": "Zürich", "days": 2}}}]
USER, ANSWER = {"role": "user", "content": "Hi, who are you?"}, {"role": "assistant", "content": "  I am a model.\n"}
CONVERSATIONS = [
    [USER],
    [USER, ANSWER],
    [{"role": "system", "content": " Be brief. "}, USER, ANSWER, {"role": "user", "content": "Ünï 👋\n\nok?"}, {"role": "assistant", "content": "<think>\nhm\n</think>\n\nYes."}],
    [USER, {"role": "assistant", "content": "", "tool_calls": CALLS}, {"role": "tool", "content": "{\"t\": 3}"}, {"role": "assistant", "content": "3 degrees"}],
    [USER, {"role": "assistant", "content": "<think>a</think>b"}, USER, {"role": "assistant", "content": "fine", "reasoning_content": "easy"}],
    [ANSWER, USER],
    [USER, USER],
]
MORE = [{}, {"tools": TOOLS}, {"enable_thinking": False}]


def reference(env, case):
    variables = {"tools": None, "documents": None, "bos_token": case["bos"], "eos_token": case["eos"],
                 "add_generation_prompt": case["prompt"], "messages": case["messages"], **case["more"]}
    try:
        return env.from_string(case["template"]).render(**variables)
    except Exception as error:
        return error


def main():
    env = environment()
    cases = [{"name": name, "template": template, "messages": messages, "prompt": prompt, "more": more, "bos": "<s>", "eos": "</s>"}
             for name, template in TEMPLATES.items() for messages in CONVERSATIONS for prompt in (False, True) for more in MORE]
    given = "\n".join(json.dumps(case) for case in cases) + "\n"
    answers = subprocess.run([sys.argv[1]], input=given, capture_output=True, text=True, check=True).stdout.splitlines()
    assert len(answers) == len(cases)
    wrong = refused = 0
    for case, line in zip(cases, answers):
        ours, theirs = json.loads(line), reference(env, case)
        refused += isinstance(theirs, Exception)
        if ours.get("text") != theirs and not (isinstance(theirs, Exception) and "error" in ours):
            wrong += 1
            print(f"{case['name']} {[m['role'] for m in case['messages']]}:\n  theirs {theirs!r}\n  ours   {ours!r}")
        if "-v" in sys.argv and not case["prompt"] and not case["more"]:
            print(case["name"], [m["role"] for m in case["messages"]], ours.get("spans", ours))
    print(f"renderings equal: {len(cases) - wrong} of {len(cases)}, {refused} refused by both")
    return wrong > 0


sys.exit(main())
