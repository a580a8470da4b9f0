namespace Attune.Text.ChatTemplates;

/// <summary>A filter: a function whose first argument stands before the bar.</summary>
internal delegate Value Filter(Run run, Value input, Arguments arguments);

/// <summary>Filters that take no arguments.</summary>
internal static class PlainFilter
{
    public static (string Name, Filter Filter) Of(string name, Func<Run, Value, Value> body) => (name, (run, input, arguments) =>
    {
        arguments.Bind(run, name, [], 0);
        return body(run, input);
    });
}
