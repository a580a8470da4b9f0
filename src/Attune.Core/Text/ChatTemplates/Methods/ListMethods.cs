namespace Attune.Text.ChatTemplates;

/// <summary>The methods of lists and tuples: those that only look. What would change a list is refused, as in Jinja2's sandbox.</summary>
internal static class ListMethods
{
    public static Value? Find(ListValue self, string name) => name switch
    {
        "count" => FunctionValue.Of(name, (run, bound) => Value.Of(Count(run, self, bound[0]!)), [""]),
        "index" => FunctionValue.Of(name, (run, bound) => Index(run, self, bound), ["", "", ""], 1),
        "copy" when !self.IsTuple => FunctionValue.Of(name, (_, _) => self, []),
        "append" or "clear" or "pop" or "reverse" or "insert" or "sort" or "extend" or "remove" when !self.IsTuple =>
            new UndefinedValue($"a template may not change a list ('{name}')"),
        _ => null,
    };

    private static long Count(Run run, ListValue self, Value wanted)
    {
        long count = 0;
        foreach (Value item in self.Items)
        {
            run.Budget.Step();
            count += Operators.Same(run, item, wanted) ? 1 : 0;
        }

        return count;
    }

    private static Value Index(Run run, ListValue self, Bound bound)
    {
        (int start, int count, _) = new SliceBounds(bound[1], bound[2], null).Resolve(run, self.Items.Count);
        for (int i = start; i < start + count; i++)
        {
            run.Budget.Step();
            if (Operators.Same(run, self.Items[i], bound[0]!))
            {
                return Value.Of(i);
            }
        }

        throw run.Fail("the value is not in the list");
    }
}
