namespace Attune.Text.ChatTemplates;

/// <summary>The methods of dicts: those that only look. What would change a dict is refused, as in Jinja2's sandbox.</summary>
internal static class DictMethods
{
    public static Value? Find(DictValue self, string name) => name switch
    {
        "get" => FunctionValue.Of(name, (run, bound) => Get(run, self, bound), ["", ""], 1),
        "keys" or "values" or "items" => FunctionValue.Of(name, (_, _) => new DictView(self, name), []),
        "copy" => FunctionValue.Of(name, (_, _) => self, []),
        "clear" or "pop" or "popitem" or "setdefault" or "update" => new UndefinedValue($"a template may not change a dict ('{name}')"),
        _ => null,
    };

    private static Value Get(Run run, DictValue self, Bound bound)
    {
        if (!Operators.IsHashable(bound[0]!))
        {
            throw run.Fail($"unhashable type: '{bound[0]!.TypeName}'");
        }

        return self.TryGet(bound[0]!, out Value? value) ? value : bound[1] ?? NoneValue.Instance;
    }
}
