namespace Attune.Recipes;

public class RegistryTests
{
    private static readonly Registry<IGreeting> Greetings = Registry.Scan<IGreeting, TaskNameAttribute>("greeting", typeof(RegistryTests).Assembly);

    private interface IGreeting
    {
        string Say();
    }

    [Fact]
    public void Classes_are_found_by_their_attributes()
    {
        Assert.Equal(["good-day", "hello", "hi"], Greetings.Names);
        Assert.Equal("hello, you", Greetings.Create("hello", "you").Say());
        Assert.Equal(typeof(Hello), Greetings["hi"]);
        Assert.True(Greetings.Contains("good-day"));
    }

    [Fact]
    public void Unknown_names_are_refused_with_the_nearest()
    {
        var e = Assert.Throws<AttuneException>(() => Greetings.Create("helo"));
        Assert.Equal("there is no greeting helo; did you mean hello?", e.Message);
        e = Assert.Throws<AttuneException>(() => Greetings["moin"]);
        Assert.Equal("there is no greeting moin; known are: good-day, hello, hi", e.Message);
    }

    [Fact]
    public void An_error_in_a_constructor_arrives_as_it_is() =>
        Assert.Throws<AttuneException>(() => Greetings.Create("good-day"));

    [TaskName("hello")]
    [TaskName("hi")]
    private sealed class Hello(string whom) : IGreeting
    {
        public string Say() => "hello, " + whom;
    }

    [TaskName("good-day")]
    private sealed class GoodDay : IGreeting
    {
        public GoodDay() => throw new AttuneException(ExitCode.Usage, null, "not today");

        public string Say() => "";
    }
}
