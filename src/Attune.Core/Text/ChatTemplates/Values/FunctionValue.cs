namespace Attune.Text.ChatTemplates;

/// <summary>A function of the language, or a method bound to its value.</summary>
internal sealed class FunctionValue : Value
{
    private readonly string name;
    private readonly Func<Run, Arguments, Value> body;

    public FunctionValue(string name, Func<Run, Arguments, Value> body)
    {
        this.name = name;
        this.body = body;
    }

    public override string TypeName => "builtin_function_or_method";

    public override bool IsCallable => true;

    /// <summary>A function of these parameters, which are all required but those behind <paramref name="required"/>.</summary>
    public static FunctionValue Of(string name, Func<Run, Bound, Value> body, string[] parameters, int required = int.MaxValue) =>
        new(name, (run, arguments) => body(run, arguments.Bind(run, name, parameters, Math.Min(required, parameters.Length))));

    public override Value Call(Run run, Arguments arguments) => body(run, arguments);

    public override string ToString() => name;
}
