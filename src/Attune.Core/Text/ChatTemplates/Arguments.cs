namespace Attune.Text.ChatTemplates;

/// <summary>What a call passes: values by place, then values by name.</summary>
internal sealed class Arguments(IReadOnlyList<Value> positional, IReadOnlyList<KeyValuePair<string, Value>> named)
{
    public static readonly Arguments None = new([], []);

    public IReadOnlyList<Value> Positional { get; } = positional;

    public IReadOnlyList<KeyValuePair<string, Value>> Named { get; } = named;

    public Value? Find(string name)
    {
        foreach (var (key, value) in Named)
        {
            if (key == name)
            {
                return value;
            }
        }

        return null;
    }

    /// <summary>Lays the arguments out by parameter; a parameter without a name ("") can be given by place only.</summary>
    public Bound Bind(Run run, string function, IReadOnlyList<string> parameters, int required)
    {
        if (Positional.Count > parameters.Count)
        {
            throw run.Fail($"{function}() takes {parameters.Count} arguments ({Positional.Count} given)");
        }

        var values = new Value?[parameters.Count];
        for (int i = 0; i < Positional.Count; i++)
        {
            values[i] = Positional[i];
        }

        foreach (var (name, value) in Named)
        {
            int place = -1;
            for (int i = 0; i < parameters.Count; i++)
            {
                place = name.Length > 0 && parameters[i] == name ? i : place;
            }

            if (place < 0 || values[place] is not null)
            {
                throw run.Fail(place < 0 ? $"{function}() has no argument '{name}'" : $"{function}() got '{name}' twice");
            }

            values[place] = value;
        }

        for (int i = 0; i < required; i++)
        {
            if (values[i] is null)
            {
                throw run.Fail($"{function}() needs {required} arguments ({values.Count(value => value is not null)} given)");
            }
        }

        return new Bound(run, function, values);
    }
}
